import { describe, expect, it } from "vitest";
import {
  boundedFixpoint,
  cancelledAtEachEvent,
  foldIsLive,
  type KernelProperty,
  killedAtEachEvent,
  pausedAtEachEvent,
  sameUnderAllStrategies,
  stoppedAndResumed,
} from "../testing/kernel-properties.js";

/** The first seed of 1..count for which the property does not hold, and why. */
function firstViolation(property: KernelProperty, count: number): string | undefined {
  for (let seed = 1; seed <= count; seed++) {
    const found = property(seed);
    if (found.length > 0) return `seed ${seed}: ${found.slice(0, 5).join("; ")}`;
  }
  return undefined;
}

describe("random workflows", () => {
  it("strategies: equal outputs and step statuses, every order allowed, nothing left over", () => {
    expect(firstViolation(sameUnderAllStrategies, 1500)).toBeUndefined();
  });

  it("state: the fold of the journal, after each event", () => {
    expect(firstViolation(foldIsLive, 250)).toBeUndefined();
  });

  it("crash: killed after each event and again later, the run ends as the undisturbed one", () => {
    expect(firstViolation(killedAtEachEvent, 200)).toBeUndefined();
  });

  it("pause: at each event, also killed in the pause, the run ends as the undisturbed one", () => {
    expect(firstViolation(pausedAtEachEvent, 200)).toBeUndefined();
  });

  it("stop: resumed until it completes, the run ends as one without failures", () => {
    expect(firstViolation(stoppedAndResumed, 1000)).toBeUndefined();
  });

  it("cancel: at each event, exactly one end and no new attempt", () => {
    expect(firstViolation(cancelledAtEachEvent, 200)).toBeUndefined();
  });

  it("decisions: bounded after each input", () => {
    expect(firstViolation(boundedFixpoint, 500)).toBeUndefined();
  });
});
