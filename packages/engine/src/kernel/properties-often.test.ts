import { describe, expect, it } from "vitest";
import {
  cancelledAtEachEvent,
  type Draw,
  drawOften,
  drawPassingOften,
  drawReactive,
  drawRollback,
  foldIsLive,
  type KernelProperty,
  killedAtEachEvent,
  pausedAtEachEvent,
  rolledBack,
  sameUnderAllStrategies,
  stoppedAndResumed,
} from "../testing/kernel-properties.js";

/** The first seed of 1..count for which the property does not hold, and why. */
function firstViolation(property: KernelProperty, draw: Draw, count: number): string | undefined {
  for (let seed = 1; seed <= count; seed++) {
    const found = property(seed, undefined, draw);
    if (found.length > 0) return `seed ${seed}: ${found.slice(0, 5).join("; ")}`;
  }
  return undefined;
}

describe.each([
  ["emits, queues, rounds, waits, values kept and collected", drawOften],
  ["cycles and ports that take each arrival", drawReactive],
])("random workflows with %s", (_name, draw) => {
  it("strategies: outputs and endings as the reference says, nothing left over", () => {
    expect(firstViolation(sameUnderAllStrategies, draw, 250)).toBeUndefined();
  });

  it("state: the fold of the journal, after each event", () => {
    expect(firstViolation(foldIsLive, draw, 60)).toBeUndefined();
  });

  it("crash: killed after each event and again later, the run ends as the undisturbed one", () => {
    expect(firstViolation(killedAtEachEvent, draw, 25)).toBeUndefined();
  });

  it("pause: at each event, also killed in the pause, the run ends as the undisturbed one", () => {
    expect(firstViolation(pausedAtEachEvent, draw, 20)).toBeUndefined();
  });

  it("cancel: at each event, exactly one end and no new attempt", () => {
    expect(firstViolation(cancelledAtEachEvent, draw, 20)).toBeUndefined();
  });
});

it("stop: resumed until it completes, a run whose steps fire often ends as one without failures", () => {
  expect(firstViolation(stoppedAndResumed, drawPassingOften, 300)).toBeUndefined();
});

describe.each([
  ["once", 8],
  ["often", 4],
  ["reactive", 2],
] as const)("rollback in random workflows whose steps fire %s", (range, seeds) => {
  const draw = drawRollback(range);

  it("strategies: the run ends as one without failures", () => {
    expect(firstViolation(rolledBack, draw, 30)).toBeUndefined();
  });

  it("state: the fold of the journal, after each event of every rollback", () => {
    expect(firstViolation(foldIsLive, draw, seeds)).toBeUndefined();
  });
});

/** Those with many rollbacks of long runs are for campaigns. */
it.each([
  ["once", [1, 2, 3, 4, 5, 6]],
  ["often", [1, 2, 4, 8, 9, 10]],
  ["reactive", [1, 2, 5, 6, 7, 8]],
] as const)(
  "rollback, steps fire %s: killed, paused and cancelled at each event, also of the rollback itself",
  (range, seeds) => {
    for (const seed of seeds) {
      for (const property of [killedAtEachEvent, pausedAtEachEvent, cancelledAtEachEvent])
        expect(property(seed, undefined, drawRollback(range)), `seed ${seed}`).toEqual([]);
    }
  },
);
