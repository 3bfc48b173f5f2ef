import { expect, it } from "vitest";
import type { Plan } from "../plan/plan.js";
import { allConstructs, constructsOf } from "./constructs.js";
import { drawOften, drawOnce, drawReactive, drawRollback } from "./kernel-properties.js";
import { randomReaction } from "./random-triggers.js";

/** Each kind of random workflow that the properties are asked over. */
const draws: readonly ((seed: number) => Plan)[] = [
  (seed) => drawOnce(seed).plan,
  (seed) => drawOften(seed).plan,
  (seed) => drawReactive(seed).plan,
  (seed) => drawRollback("often")(seed).plan,
  (seed) => randomReaction(seed).plan,
];

it("random workflows: the seeds that are run use 95 of 100 constructs, each more than once", () => {
  const used = new Map<string, number>();
  for (const draw of draws) {
    for (let seed = 1; seed <= 20; seed++)
      for (const name of constructsOf(draw(seed))) used.set(name, (used.get(name) ?? 0) + 1);
  }
  const missing = [...allConstructs].filter((name) => (used.get(name) ?? 0) < 2);
  expect(missing.length / allConstructs.size, missing.join(", ")).toBeLessThanOrEqual(0.05);
});
