import type { Plan } from "../plan/plan.js";
import { SampleJournal, sampleFailure } from "./sample-journal.js";
import { samplePlan } from "./sample-plan.js";

/**
 * A workflow with most of what a run can show: a gate that closes, a mapped step with a retried item, a nested workflow,
 * a step skipped because of the gate.
 */
export function reviewPlan(): Plan {
  return samplePlan(
    {
      name: "review",
      strategy: "graph",
      units: ["topic"],
      steps: {
        search: {},
        read: { forEach: { over: "papers", as: "paper" } },
        improve: { workflow: 1 },
        publish: { cache: "off" },
        announce: { after: ["improve"] },
      },
      outputs: ["report"],
      links: [
        "topic -> search.query",
        "search.papers -> read.papers",
        "read.notes -> improve.notes",
        "improve.score -> publish.score ? score > 0.9",
        "publish.url -> announce.url",
        "improve.text -> report",
      ],
    },
    {
      name: "polish",
      strategy: "sequential",
      units: ["notes"],
      steps: { draft: {}, grade: {} },
      outputs: ["text", "score"],
      links: ["notes -> draft.notes", "draft.text -> grade.text", "draft.text -> text", "grade.score -> score"],
    },
  );
}

/** The run of `reviewPlan` up to the start of its nested workflow. */
export function reviewReading(plan: Plan): SampleJournal {
  const journal = new SampleJournal(plan);
  journal
    .created("brave-franklin", { configuration: 4, validation: 3, dependency: 2, initialization: 1 })
    .started({ topic: { json: "virus" } });
  journal.at(5).unit("topic", [1], "virus");
  journal.at(10).attempt("search");
  journal.at(1210).succeeded("search", [1], { papers: { json: ["a", "b", "c"] } });
  journal.at(1220).add({ type: "activation.started", run: 0, node: journal.node("read"), n: 1 });
  journal.add({ type: "activation.measured", run: 0, node: journal.node("read"), n: 1, count: 3 });
  journal.attempt("read", 1, 0);
  journal.at(2220).succeeded("read", [], { notes: { json: "A" } }, 0);
  journal.attempt("read", 1, 1);
  const limited = sampleFailure({
    kind: "network",
    code: "E_HTTP_STATUS",
    message: "Too many requests",
    details: { status: 429 },
  });
  journal.at(2420).failed("read", limited, 1);
  journal.add({
    type: "retry.scheduled",
    ...journal.cell("read", 1),
    due: journal.events.at(-1)!.at + 2000,
    retry: 1,
    reason: "network",
  });
  journal.at(2500).attempt("read", 1, 2);
  journal.at(3500).succeeded("read", [], { notes: { json: "C" } }, 2);
  journal.at(4420).attempt("read", 2, 1);
  journal.at(5420).succeeded("read", [], { notes: { json: "B" } }, 1);
  const notes = { list: [{ json: "A" }, { json: "B" }, { json: "C" }] };
  return journal
    .at(5421)
    .add({ type: "activation.gathered", run: 0, node: journal.node("read"), n: 1, out: { notes }, links: [1] });
}

/** The same run to its end: `publish` is skipped as its gate closes, `announce` as `publish` was. */
export function reviewDone(plan: Plan): SampleJournal {
  const journal = reviewReading(plan);
  journal.at(5430).child(1, 1, "improve").unit("notes", [1], "notes", 1);
  journal.at(5440).attempt("draft", 1, 0, 1);
  journal.at(6440).succeeded("draft", [1, 1], { text: { json: "T" } }, 0, 1);
  journal.at(6450).attempt("grade", 1, 0, 1);
  journal.at(6950).succeeded("grade", [1], { score: { json: 0.83 } }, 0, 1);
  journal.unit("text", [], "T", 1).unit("score", [], 0.83, 1).add({ type: "run.completed", run: 1 });
  const closed = { closed: "score > 0.9 → false (0.83)" };
  const out = { score: { json: 0.83 }, text: { json: "T" } };
  journal
    .at(6960)
    .add({ type: "activation.gathered", run: 0, node: journal.node("improve"), n: 1, out, links: [closed, 1] });
  const skip = { type: "activation.skipped", run: 0, n: 1 } as const;
  journal.add({ ...skip, node: journal.node("publish"), port: "score", reason: "score is absent" });
  journal.add({ ...skip, node: journal.node("announce"), port: "url", reason: "url is absent" });
  return journal.at(6970).unit("report", [], "T").add({ type: "run.completed", run: 0 });
}
