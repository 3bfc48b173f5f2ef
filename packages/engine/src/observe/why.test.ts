import { describe, expect, it } from "vitest";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { SampleJournal, sampleFailure } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { reviewDone, reviewPlan, reviewReading } from "../testing/sample-review.js";
import { type WhyReport, why } from "./why.js";

function ask(plan: Plan, events: readonly RunEvent[], step: string): WhyReport {
  const report = why(plan, events, step);
  if ("unknown" in report) expect.fail(`unknown ${report.unknown}`);
  return report;
}

const plan = reviewPlan();
const done = reviewDone(plan).events;

describe("why: readiness", () => {
  it("names what came last, and how long it waited for each", () => {
    const joined = samplePlan({
      steps: { a: {}, b: {}, c: {}, d: { after: ["c"] } },
      links: ["a.x -> d.x", "b.y -> d.y"],
    });
    const journal = new SampleJournal(joined).created().started();
    for (const step of ["a", "b", "c"]) journal.attempt(step);
    journal.at(100).succeeded("b", [1]).at(300).succeeded("c").at(700).succeeded("a", [1]).at(750).attempt("d");
    const report = ask(joined, journal.events, "d");
    expect(report.needs.map(({ kind, from, outcome, waitedMs }) => [kind, from, outcome, waitedMs])).toEqual([
      ["link", "b.y", "value", 100],
      ["order", "c", "settled", 300],
      ["link", "a.x", "value", 700],
    ]);
    expect(report).toMatchObject({ turn: { waitedMs: 50, reason: "resources or a free worker, after a" } });
    expect((report.startedAt ?? 0) - (report.readyAt ?? 0)).toBe(50);
  });

  it("sequential and parallel: says which rule kept a ready step waiting", () => {
    const reasons = (["sequential", "parallel"] as const).map((strategy) => {
      const chain = samplePlan({ strategy, steps: { a: {}, slow: {}, b: {} }, links: ["a.x -> b.x"] });
      const journal = new SampleJournal(chain).created().started().attempt("a").attempt("slow");
      journal.at(10).succeeded("a", [1]).at(500).succeeded("slow").at(501).attempt("b");
      return ask(chain, journal.events, "b").turn?.reason;
    });
    expect(reasons).toEqual([
      "its turn: sequential runs one activation at a time, after slow",
      "group 2: parallel starts it when all of group 1 has settled, resources allowing, after slow",
    ]);
  });

  it("step that has not started: says what it waits for, or what stopped the run", () => {
    expect(ask(plan, reviewReading(plan).events, "publish").verdict).toEqual({
      did: "waiting",
      reason: "it waits for improve.score",
    });
    const stopped = reviewReading(plan).add({ type: "run.failed", run: 0, cause: sampleFailure() });
    expect(ask(plan, stopped.events, "publish").verdict).toEqual({
      did: "never",
      reason: "the run stopped: Step failed: boom; it waits for improve.score",
    });
    const ready = ask(plan, reviewReading(plan).events, "improve");
    expect(ready.verdict.reason).toBe("it is ready and waits for its turn, resources or a free worker");
  });
});

describe("why: skipped", () => {
  it("closed gate: its link and reason are the cause", () => {
    const report = ask(plan, done, "publish");
    expect(report.verdict).toEqual({ did: "skipped", reason: "score is absent" });
    expect(report.absent).toMatchObject({
      port: "score",
      causes: [{ at: "link3", kind: "closed", reason: "score > 0.9 → false (0.83)", place: { line: 53 } }],
    });
  });

  it("skipped because of a skipped step: causes are followed to their root", () => {
    const report = ask(plan, done, "announce");
    expect(report.absent?.causes).toMatchObject([
      { at: "publish", kind: "skipped", causes: [{ at: "link3", kind: "closed", causes: [] }] },
    ]);
  });

  it("failure passed over, unset port, refusal and input not given: each is named", () => {
    const shape = samplePlan({
      units: ["given"],
      steps: { failed: {}, silent: {}, refused: {}, target: {} },
      links: ["failed.x -> target.a", "silent.x -> target.b", "refused.x -> target.c", "given -> target.d"],
    });
    const journal = new SampleJournal(shape).created().started();
    journal.attempt("failed").failed("failed", sampleFailure());
    const failed = {
      type: "activation.failed",
      run: 0,
      node: journal.node("failed"),
      n: 1,
      handling: "continue",
      reason: "",
    } as const;
    journal
      .add({ ...failed, failure: sampleFailure() })
      .attempt("silent")
      .succeeded("silent", [0]);
    journal.attempt("refused").succeeded("refused", [{ refused: sampleFailure({ message: "no number" }) }]);
    journal.add({ type: "unit.updated", run: 0, node: 0, n: 1, links: [0] });
    const kinds = ["a", "b", "c", "d"].map((port) => {
      const skipped = { type: "activation.skipped", run: 0, node: journal.node("target"), n: 1, reason: "" } as const;
      const seq = journal.events.length + 1;
      const events: RunEvent[] = [...journal.events, { seq, at: 0, ...skipped, port }];
      return ask(shape, events, "target").absent?.causes.map(({ at, kind, reason }) => [at, kind, reason]);
    });
    expect(kinds).toEqual([
      [["failed", "failed", "E_STEP Step failed: boom"]],
      [["silent", "not_given", "its result had no silent.x"]],
      [["link2", "refused", "no number (towards target.c)"]],
      [["given", "not_given", "no value was given for it"]],
    ]);
  });

  it("many joined absences: the report stays bounded", () => {
    const steps = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`s${i}`, {}]));
    const links = Array.from({ length: 39 }, (_, i) => [`s${i}.x -> s${i + 1}.x`, `s${i}.y -> s${i + 1}.x`]).flat();
    const wide = samplePlan({ units: ["u"], steps, links: ["u -> s0.x", ...links] });
    const journal = new SampleJournal(wide).created().started();
    journal.add({ type: "unit.updated", run: 0, node: 0, n: 1, links: [0] });
    for (let i = 0; i < 40; i++) {
      journal.add({
        type: "activation.skipped",
        run: 0,
        node: journal.node(`s${i}`),
        n: 1,
        port: "x",
        reason: "x is absent",
      });
    }
    expect(JSON.stringify(ask(wide, journal.events, "s39")).length).toBeLessThan(200_000);
  });
});

describe("why: attempts", () => {
  it("retried item: each attempt with its failure and what was decided", () => {
    const report = ask(plan, done, "read");
    expect(report.items).toEqual({ count: 3, succeeded: 3, failed: 0, cached: 0, running: 0, retried: 1 });
    expect(report.attempts).toMatchObject([
      {
        item: 1,
        attempt: 1,
        outcome: "failed",
        failure: { kind: "network" },
        decision: { kind: "retry", retry: 1, reason: "network" },
      },
      { item: 1, attempt: 2, outcome: "succeeded", decision: null },
    ]);
    expect(ask(plan, done, "read[1]").attempts).toHaveLength(2);
    expect(ask(plan, done, "read[0]")).toMatchObject({ status: "succeeded", attempts: [{ attempt: 1 }] });
  });

  it("cache: a hit says from which run, a miss which part of the key changed", () => {
    const one = samplePlan({ steps: { a: {} }, links: [] });
    const cached = (cache: {
      readonly key: string;
      readonly outcome: "hit" | "stored";
      readonly from?: string;
      readonly changed?: string[];
    }) => {
      const journal = new SampleJournal(one).created().started().attempt("a");
      return journal.add({ type: "attempt.succeeded", ...journal.cell("a"), id: 3, out: {}, links: [], cache }).events;
    };
    const hit = ask(one, cached({ key: "k", outcome: "hit", from: "calm-curie" }), "a").verdict;
    expect(hit).toEqual({
      did: "cached",
      reason: "its key is unchanged since run calm-curie: class, version, config and inputs are the same",
    });
    const missed = ask(
      one,
      cached({ key: "k", outcome: "stored", changed: ["config.prompt", "input.x"] }),
      "a",
    ).verdict;
    expect(missed).toEqual({ did: "ran", reason: "config.prompt, input.x changed since its result was cached" });
  });

  it("failed for good: the reason of the decision", () => {
    const one = samplePlan({ steps: { a: {} }, links: [] });
    const journal = new SampleJournal(one).created().started().attempt("a").failed("a", sampleFailure());
    const reason = "step failures are retried under retry only";
    const failed = { type: "activation.failed", run: 0, node: 0, n: 1, handling: "stop", reason } as const;
    journal.add({ ...failed, failure: sampleFailure() }).add({ type: "run.failed", run: 0, cause: sampleFailure() });
    expect(ask(one, journal.events, "a")).toMatchObject({
      status: "failed",
      verdict: { did: "failed", reason },
      attempts: [{ decision: { kind: "failed", handling: "stop" } }],
    });
  });
});

describe("why: paths and outputs", () => {
  it("nested step: found by its path, and its run by its step", () => {
    expect(ask(plan, done, "improve/grade")).toMatchObject({
      status: "succeeded",
      strategy: "sequential",
      needs: [{ from: "draft.text" }],
    });
    expect(ask(plan, done, "improve").attempts).toMatchObject([{ inner: "improve/", outcome: "succeeded" }]);
  });

  it("outputs: what each went to, gates with their reason", () => {
    const routes = ask(plan, done, "improve").outputs.map(({ port, given, routes }) => [
      port,
      given,
      routes.map((r) => [r.to, r.outcome]),
    ]);
    expect(routes).toEqual([
      ["score", true, [["publish.score", "closed"]]],
      ["text", true, [["report", "value"]]],
    ]);
  });

  it("output of the workflow: found, and set", () => {
    expect(ask(plan, done, "report")).toMatchObject({
      kind: "output",
      verdict: { did: "set" },
      needs: [{ from: "improve.text" }],
    });
  });

  it("unknown step: the known names are given back", () => {
    const known = ["topic", "search", "read", "improve", "publish", "announce", "report"];
    expect(why(plan, done, "reed")).toEqual({ unknown: "reed", known });
    expect(why(plan, done, "improve/gread")).toMatchObject({ unknown: "improve/gread" });
    expect(why(plan, done, "a b")).toMatchObject({ unknown: "a b" });
  });
});
