import { describe, expect, it } from "vitest";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { compileText } from "../testing/compile-text.js";
import { isPublished, progressText } from "./publishing.js";

const cell = { run: 0, node: 0, n: 1, c: 0 };
const events: readonly Unstamped[] = [
  { type: "attempt.started", ...cell, attempt: 1, fallback: false },
  { type: "checkpoint.taken", run: 0, reason: "after a" },
  { type: "checkpoint.taken", run: 1, reason: "after b" },
  { type: "attempt.suspended", ...cell, id: 1, ask: { question: "Go?" } },
  { type: "trigger.fired", run: 0, trigger: 0, by: "timer" },
  { type: "trigger.fired", run: 0, trigger: 1, by: "test" },
  { type: "run.completed", run: 1 },
  { type: "run.completed", run: 0 },
];

async function planWith(monitoring: string): Promise<Plan> {
  const { plan } = await compileText(`name: watched
execution_strategy: event_driven
monitoring: { ${monitoring} }
steps:
  a: { class: TransformStep, config: { expression: "1" } }
  b: { class: TransformStep, config: { expression: "2" } }
triggers:
  often: { class: TimerTrigger, config: { interval: 5s, step_targets: [progress_monitoring] } }
  now: { class: ManualTrigger, config: { step_targets: [b] } }
`);
  if (plan === undefined) throw new RangeError("the document has faults");
  return plan;
}

describe("publishing of progress", () => {
  it.each([
    ["real_time_updates: true", events.map((_, index) => index)],
    ["real_time_updates: false", [1, 3, 4, 7]],
    ["enable_progress_tracking: false", [4]],
  ])("%s: watchers are told after the events that the document asks for", async (monitoring, expected) => {
    const plan = await planWith(monitoring);
    const told = events.flatMap((event, index) =>
      isPublished(plan, { seq: index + 1, at: 0, ...event } as RunEvent) ? [index] : [],
    );
    expect(told).toEqual(expected);
  });

  it("a report: what has settled, and what is going on if anything is", () => {
    const none = { settled: 0, total: 1, running: 0, steps: [{ status: "ready" }] };
    expect(progressText(none)).toBe("0 of 1 step");
    const some = { settled: 2, total: 5, running: 3, steps: [{ status: "failed" }, { status: "waiting" }] };
    expect(progressText(some)).toBe("2 of 5 steps, 3 running, 1 failed, 1 waiting");
  });
});
