import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import { SampleJournal, sampleFailure } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { reviewDone, reviewPlan } from "../testing/sample-review.js";
import { allowedTransitions, lifecycle } from "./lifecycle.js";

const states = (events: readonly RunEvent[]) => lifecycle(events).transitions.map((one) => one.to);
const loaded = ["configuration", "validation", "dependency", "initialization", "ready", "executing"];

describe("lifecycle", () => {
  it("run that completes: loading, executing with one recovered error, cleanup", () => {
    const plan = reviewPlan();
    expect(states(reviewDone(plan).events)).toEqual([
      ...loaded,
      "error",
      "recovery",
      "executing",
      "completed",
      "cleanup",
      "closed",
    ]);
  });

  it("phases: their times lie before the run's first event, in order", () => {
    const { transitions } = lifecycle(reviewDone(reviewPlan()).events);
    const start = 1_700_000_000_000;
    expect(transitions.slice(0, 5).map((one) => one.at - start)).toEqual([-10, -6, -3, -1, 0]);
  });

  it("failed run tried again: a second pass from ready", () => {
    const journal = new SampleJournal(samplePlan({ steps: { a: {} }, links: [] })).created().started().attempt("a");
    journal.failed("a", sampleFailure()).add({ type: "run.failed", run: 0, cause: sampleFailure() });
    journal
      .add({ type: "run.resumed", by: "user" })
      .attempt("a", 2)
      .succeeded("a")
      .add({ type: "run.completed", run: 0 });
    const failed = ["error", "recovery", "failed", "cleanup", "closed"];
    expect(states(journal.events)).toEqual([
      ...loaded,
      ...failed,
      "ready",
      "executing",
      "completed",
      "cleanup",
      "closed",
    ]);
    expect(lifecycle(journal.events).transitions.at(-1)?.pass).toBe(2);
  });

  it("pause and cancel: paused, then cancelling, cancelled, cleaned up", () => {
    const journal = new SampleJournal(samplePlan({ steps: { a: {} }, links: [] })).created().started();
    journal.add({ type: "run.paused", by: "user" });
    expect(lifecycle(journal.events).state).toBe("paused");
    journal
      .add({ type: "run.cancelled", by: "user", reason: "enough" })
      .add({ type: "run.closed", run: 0, status: "cancelled" });
    expect(states(journal.events).slice(6)).toEqual(["paused", "cancelling", "cancelled", "cleanup", "closed"]);
  });

  it("monitoring: an activity while executing, not a state", () => {
    const { monitoring } = lifecycle(reviewDone(reviewPlan()).events);
    expect(monitoring).toHaveLength(2);
    expect(monitoring.every((one) => one.to !== null && one.to >= one.from)).toBe(true);
  });

  it("any sequence of events: only allowed transitions, one open per pass, times do not go back", () => {
    const at = { run: 0, node: 0, n: 1, c: 0 };
    const failure = sampleFailure();
    const any = fc.constantFrom<Unstamped>(
      {
        type: "run.created",
        id: "i",
        name: "n",
        workflow: "w",
        plan: "p",
        format: 1,
        phases: { validation: 3 },
        options: {},
      },
      { type: "run.started", run: 0, workflow: 0, inputs: {} },
      { type: "attempt.started", ...at, attempt: 1, fallback: false },
      { type: "attempt.failed", ...at, id: 1, failure, links: [], jitter: 0 },
      { type: "attempt.succeeded", ...at, id: 1, out: {}, links: [] },
      { type: "retry.scheduled", ...at, due: 1, retry: 1, reason: "r" },
      { type: "fallback.chosen", ...at, reason: "r" },
      { type: "activation.failed", run: 0, node: 0, n: 1, handling: "continue", failure, reason: "r" },
      { type: "activation.failed", run: 0, node: 0, n: 1, handling: "stop", failure, reason: "r" },
      { type: "run.paused", by: "u" },
      { type: "run.unpaused", by: "u" },
      { type: "run.resumed", by: "u" },
      { type: "run.cancelled", by: "u", reason: "r" },
      { type: "run.stopping", run: 0, cause: failure },
      { type: "run.failed", run: 0, cause: failure },
      { type: "run.closed", run: 0, status: "cancelled" },
      { type: "run.completed", run: 0 },
      { type: "run.completed", run: 1 },
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (bodies) => {
        const events = [
          {
            type: "run.created",
            id: "i",
            name: "n",
            workflow: "w",
            plan: "p",
            format: 1,
            phases: {},
            options: {},
          } as const,
          ...bodies.filter((one) => one.type !== "run.created"),
        ].map((body, index) => ({ seq: index + 1, at: 1000 + index, ...body }) as RunEvent);
        const { transitions, state } = lifecycle(events);
        let current: string | null = null;
        for (const one of transitions) {
          if (one.from === null) expect(current === null || current === "closed").toBe(true);
          else {
            expect(one.from).toBe(current);
            expect(allowedTransitions[one.from]).toContain(one.to);
          }
          current = one.to;
        }
        expect(state).toBe(current);
        for (const [index, one] of transitions.entries())
          expect(one.at).toBeGreaterThanOrEqual(transitions[index - 1]?.at ?? 0);
      }),
      { numRuns: 500 },
    );
  });
});
