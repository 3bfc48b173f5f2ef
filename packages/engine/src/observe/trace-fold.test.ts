import { describe, expect, it } from "vitest";
import { SampleJournal, sampleFailure } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { createProgressFold } from "./progress-fold.js";
import { summarize } from "./summarize.js";
import { why } from "./why.js";

const plan = samplePlan({
  units: ["given"],
  steps: { a: {}, b: {} },
  outputs: ["result"],
  links: ["given -> a.x", "a.y -> b.y", "a.error -> b.error", "b.z -> result"],
});

const failed = { type: "activation.failed", run: 0, n: 1, failure: sampleFailure(), reason: "r" } as const;

function statuses(events: SampleJournal["events"]) {
  const fold = createProgressFold(plan);
  for (const event of events) fold.apply(event);
  const shown = Object.fromEntries(fold.progress().steps.map((step) => [step.name, step.status]));
  const summed = Object.fromEntries(
    Object.entries(summarize(plan, events).steps).map(([name, step]) => [name, step.status]),
  );
  expect(shown).toEqual(summed);
  return summed;
}

describe("trace", () => {
  it("unit that is skipped: its links carry absence, and why tells it", () => {
    const journal = new SampleJournal(plan).created().started();
    journal.add({ type: "activation.skipped", run: 0, node: 0, n: 1, port: "value", reason: "nobody gave it" });
    expect(statuses(journal.events)).toEqual({ a: "ready", b: "waiting" });
    expect(why(plan, journal.events, "given")).toMatchObject({
      status: "skipped",
      verdict: { did: "absent", reason: "nobody gave it" },
      absent: { causes: [{ at: "given", kind: "not_given" }] },
    });
  });

  it("output that is refused: the failure is listed under its name, with its handling", () => {
    const journal = new SampleJournal(plan).created().started();
    const node = journal.node("result");
    journal.add({ type: "unit.updated", run: 0, node, n: 1, links: [], failure: sampleFailure() });
    journal.add({ ...failed, node, handling: "continue" });
    expect(summarize(plan, journal.events).failures).toEqual([
      { step: "result", failure: sampleFailure(), handling: "continue" },
    ]);
    expect(why(plan, journal.events, "result")).toMatchObject({ status: "failed", verdict: { did: "refused" } });
  });

  it("failure passed over and gathered for its error port: the step stays failed, what follows goes on", () => {
    const journal = new SampleJournal(plan)
      .created()
      .started()
      .unit("given", [1])
      .attempt("a")
      .failed("a", sampleFailure());
    journal.add({ ...failed, node: journal.node("a"), handling: "continue" });
    const error = { error: { json: "boom" } };
    journal.add({ type: "activation.gathered", run: 0, node: journal.node("a"), n: 1, out: error, links: [0, 1] });
    expect(statuses(journal.events)).toEqual({ a: "failed", b: "ready" });
    expect(summarize(plan, journal.events).failures).toMatchObject([{ step: "a", handling: "continue" }]);
    expect(why(plan, journal.events, "b")).toMatchObject({ needs: [{ outcome: "absent" }, { outcome: "value" }] });
  });

  it("taken over from another run: steps and units settle without an attempt", () => {
    const journal = new SampleJournal(plan).created().started();
    const reused = { type: "activation.reused", run: 0, n: 1, status: "succeeded", from: "01OTHER" } as const;
    journal.add({ ...reused, node: journal.node("given"), out: { value: { json: 5 } }, links: [1] });
    journal.add({ ...reused, node: journal.node("a"), out: { y: { json: 6 } }, links: [1, 0] });
    expect(statuses(journal.events)).toEqual({ a: "succeeded", b: "ready" });
    expect(summarize(plan, journal.events).steps["a"]).toMatchObject({ cached: true, attempts: 0 });
    expect(why(plan, journal.events, "given")).toMatchObject({ verdict: { did: "reused" } });
  });

  it("journal of another plan: events of unknown steps are passed over", () => {
    const journal = new SampleJournal(plan).created().started();
    journal.add({ type: "attempt.started", run: 0, node: 99, n: 1, c: 0, attempt: 1, fallback: false });
    journal.add({ type: "attempt.succeeded", run: 7, node: 1, n: 1, c: 0, id: 3, out: {}, links: [] });
    expect(statuses(journal.events)).toEqual({ a: "waiting", b: "waiting" });
  });
});
