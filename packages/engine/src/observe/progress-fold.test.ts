import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SampleJournal, sampleFailure } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { reviewDone, reviewPlan, reviewReading } from "../testing/sample-review.js";
import { createProgressFold } from "./progress-fold.js";
import { summarize } from "./summarize.js";

const plan = reviewPlan();
const done = reviewDone(plan).events;

function after(count: number) {
  const fold = createProgressFold(plan);
  for (const event of done.slice(0, count)) fold.apply(event);
  return fold.progress();
}

describe("progress", () => {
  it("step statuses: the same as the summary's after every event", () => {
    for (let count = 1; count <= done.length; count++) {
      const steps = summarize(plan, done.slice(0, count)).steps;
      const expected = Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, step.status]));
      const shown = after(count).steps.map((step) => [step.name, step.status === "retrying" ? "running" : step.status]);
      for (const [name, status] of Object.entries(expected)) if (status === "retrying") expected[name] = "running";
      expect({ count, steps: Object.fromEntries(shown) }).toEqual({ count, steps: expected });
    }
  });

  it("finished run: all steps settled, nothing running", () => {
    expect(after(done.length)).toMatchObject({ status: "completed", settled: 5, total: 5, running: 0 });
  });

  it("mapped step: counts items done and retried, and tells the time left", () => {
    const reading = reviewReading(plan).events;
    const fold = createProgressFold(plan);
    for (const event of reading.slice(0, -3)) fold.apply(event);
    const read = fold.progress().steps[1];
    expect(read).toMatchObject({ name: "read", status: "running", done: 2, count: 3, retried: 1 });
    expect(read?.etaMs).toBe(Math.round((3500 - 1220) / 2));
    expect(read?.etaErrorMs).toBe(0);
  });

  it("notes: what is waited for, what was given, why it was skipped", () => {
    expect(after(3).steps.map((step) => step.note)).toEqual([
      "",
      "waiting for search.papers",
      "waiting for read.notes",
      "waiting for improve.score",
      "waiting for publish.url, improve",
    ]);
    expect(after(done.length).steps.map((step) => step.note)).toEqual([
      "3 papers",
      "3 notes",
      "score 0.83",
      "score is absent",
      "url is absent",
    ]);
  });

  it("nested workflow: counts inner steps while it runs", () => {
    const draft = done.findIndex((event) => event.type === "attempt.succeeded" && event.run === 1);
    expect(after(draft + 1).steps[2]).toMatchObject({ status: "running", note: "1 of 2 inner steps" });
  });

  it("gates: unknown until decided, then with their reason", () => {
    expect(after(3).gates).toEqual([{ name: "link3", condition: "score > 0.9", outcome: "unknown", reason: "" }]);
    expect(after(done.length).gates).toMatchObject([{ outcome: "closed", reason: "score > 0.9 → false (0.83)" }]);
  });

  it("unchanged run: the same object is given again", () => {
    const fold = createProgressFold(plan);
    expect(fold.progress()).toBe(fold.progress());
    const first = fold.progress();
    for (const event of done.slice(0, 2)) fold.apply(event);
    expect(fold.progress()).not.toBe(first);
  });

  it("failed step resumed: settled counts each step once", () => {
    const two = samplePlan({ units: ["x"], steps: { a: {} }, links: ["x -> a.x"] });
    const journal = new SampleJournal(two).created().started().unit("x", [1]).attempt("a").failed("a", sampleFailure());
    const failed = {
      type: "activation.failed",
      run: 0,
      node: journal.node("a"),
      n: 1,
      handling: "stop",
      reason: "",
    } as const;
    journal.add({ ...failed, failure: sampleFailure() }).add({ type: "run.failed", run: 0, cause: sampleFailure() });
    journal
      .add({ type: "run.resumed", by: "user" })
      .attempt("a", 2)
      .succeeded("a")
      .add({ type: "run.completed", run: 0 });
    const fold = createProgressFold(two);
    for (const event of journal.events) fold.apply(event);
    expect(fold.progress()).toMatchObject({ settled: 1, total: 1, running: 0, status: "completed" });
  });

  it("any prefix of a journal: counts stay within bounds", () => {
    fc.assert(
      fc.property(fc.nat(done.length), (count) => {
        const { settled, total, running, steps } = after(count);
        expect(settled).toBeGreaterThanOrEqual(0);
        expect(settled).toBeLessThanOrEqual(total);
        expect(running).toBeGreaterThanOrEqual(0);
        for (const step of steps) expect(step.done).toBeLessThanOrEqual(step.count ?? 0);
      }),
    );
  });
});
