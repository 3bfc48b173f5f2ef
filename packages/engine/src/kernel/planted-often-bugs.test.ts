import { describe, expect, it } from "vitest";
import {
  type Draw,
  drawOften,
  drawReactive,
  drawRollback,
  type KernelProperty,
  killedAtEachEvent,
  rolledBack,
  sameUnderAllStrategies,
} from "../testing/kernel-properties.js";
import { plantedOftenBugs } from "../testing/planted-often-bugs.js";

type Bug = keyof typeof plantedOftenBugs;

/** Which property, over which workflows, has to notice which defect. */
const expected: { readonly [bug in Bug]: readonly [KernelProperty, Draw] } = {
  "an attempt that is lost forgets what it sent": [killedAtEachEvent, drawOften],
  "an item of a queue is passed over": [sameUnderAllStrategies, drawOften],
  "a dead letter gets lost": [sameUnderAllStrategies, drawOften],
  "a queue that can never drain does not grow": [sameUnderAllStrategies, drawOften],
  "who is held back takes a turn": [sameUnderAllStrategies, drawOften],
  "a loop forgets what it carries": [sameUnderAllStrategies, drawOften],
  "a loop ends a round early": [sameUnderAllStrategies, drawOften],
  "an absence goes round in its cycle": [sameUnderAllStrategies, drawReactive],
  "a value that is kept is used up": [sameUnderAllStrategies, drawOften],
  "a value that was collected is lost": [sameUnderAllStrategies, drawOften],
  "what never comes is not closed": [sameUnderAllStrategies, drawReactive],
  "a rollback leaves the queues as they are": [rolledBack, drawRollback("often")],
  "a rollback forgets that an input was set": [rolledBack, drawRollback("often")],
};

/** The first seed at which the property notices; a defect may also make the kernel itself complain. */
function noticedAt([property, draw]: readonly [KernelProperty, Draw], bug: Bug, seeds: number): number | undefined {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      if (property(seed, plantedOftenBugs[bug], draw).length > 0) return seed;
    } catch {
      return seed;
    }
  }
  return undefined;
}

describe("planted defects of what fires often, waits and goes back", () => {
  it.each(Object.entries(expected) as [Bug, readonly [KernelProperty, Draw]][])(
    "%s: noticed",
    (bug, [property, draw]) => {
      // The defect, not the workflow, has to be what the property sees.
      const seed = noticedAt([property, draw], bug, 300);
      expect(seed).toBeDefined();
      expect(property(seed ?? 0, undefined, draw)).toEqual([]);
    },
  );
});
