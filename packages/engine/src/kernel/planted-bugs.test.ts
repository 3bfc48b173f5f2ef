import { describe, expect, it } from "vitest";
import {
  cancelledAtEachEvent,
  foldIsLive,
  type KernelProperty,
  killedAtEachEvent,
  pausedAtEachEvent,
  sameUnderAllStrategies,
  stoppedAndResumed,
} from "../testing/kernel-properties.js";
import { plantedKernelBugs } from "../testing/planted-kernel-bugs.js";

type Bug = keyof typeof plantedKernelBugs;

/** Which property has to notice which defect. */
const expected: { readonly [bug in Bug]: KernelProperty } = {
  "a retry's timer is lost": sameUnderAllStrategies,
  "an attempt that failed is still counted as running": sameUnderAllStrategies,
  "a lost attempt never starts again": killedAtEachEvent,
  "a node is ready when one token is still missing": sameUnderAllStrategies,
  "absence gets lost under graph": sameUnderAllStrategies,
  "a resumed run keeps the failures nobody decided on": stoppedAndResumed,
  "a resumed run forgets what failed": stoppedAndResumed,
  "the barrier of parallel opens early": sameUnderAllStrategies,
  "sequential forgets what is under way": sameUnderAllStrategies,
  "a pause is not respected": pausedAtEachEvent,
  "a cancel is not respected": cancelledAtEachEvent,
  "deciding changes the state": foldIsLive,
  "an attempt starts twice": sameUnderAllStrategies,
  "a run ends twice": cancelledAtEachEvent,
};

/** The first seed at which the property notices; a defect may also make the kernel itself complain. */
function noticedAt(property: KernelProperty, bug: Bug, seeds: number): number | undefined {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      if (property(seed, plantedKernelBugs[bug]).length > 0) return seed;
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe("planted defects of the kernel", () => {
  it.each(Object.entries(expected) as [Bug, KernelProperty][])("%s: noticed", (bug, property) => {
    expect(noticedAt(property, bug, 400)).toBeDefined();
  });
});
