import { expect, it } from "vitest";
import { reactsToAll, reactsToAllWhenKilled } from "../testing/reaction-properties.js";
import { decide } from "./decide.js";
import { evolve } from "./evolve.js";

/** The first seed of 1..count for which the property does not hold, and why. */
function firstViolation(property: (seed: number) => readonly string[], count: number): string | undefined {
  for (let seed = 1; seed <= count; seed++) {
    const found = property(seed);
    if (found.length > 0) return `seed ${seed}: ${found.slice(0, 5).join("; ")}`;
  }
  return undefined;
}

it("random reactions: every firing that was taken has its activation, the state is the fold of the journal", () => {
  expect(firstViolation(reactsToAll, 80)).toBeUndefined();
});

it("random reactions: killed after each event, no firing is lost, whatever is rolled back", () => {
  expect(firstViolation(reactsToAllWhenKilled, 12)).toBeUndefined();
});

it("planted: a firing that is journaled and not acted on is noticed", () => {
  const deaf: typeof evolve = (tree, event) => {
    if (event.type !== "trigger.fired" || event.seq % 2 === 0) evolve(tree, event);
    else tree.seq = event.seq;
  };
  expect(firstViolation((seed) => reactsToAll(seed, { decide, evolve: deaf }), 20)).toBeDefined();
});
