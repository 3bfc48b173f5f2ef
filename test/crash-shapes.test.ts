import { expect, test } from "vitest";
import { brokenIn } from "./crash-rig/judge.js";
import { crash, each, numbers, type Outcome, type Shape } from "./crash-rig/rig.js";

/** Every how many events a process is killed here. The campaign kills at each. */
const STRIDES: readonly (readonly [Shape, number])[] = [
  ["agent", 4],
  ["stopped", 6],
  ["loop", 9],
  ["mixed", 8],
  ["rollback", 8],
  ["waiting", 4],
  ["reacting", 5],
  ["asking", 2],
];

function expectWhole(outcome: Outcome, undisturbed: Outcome, point: string): void {
  expect([point, brokenIn(outcome, undisturbed)]).toEqual([point, []]);
}

test.each(STRIDES)(
  "crash rig, %s: killed at events and twice more during the recovery, a run ends as if undisturbed and loses nothing",
  async (shape, stride) => {
    const undisturbed = await crash(shape);
    expectWhole(undisturbed, undisturbed, "undisturbed");
    let killed = 0;
    const points = numbers(undisturbed.events).filter((n) => n % stride === 0);
    await each(points, async (n) => {
      const kills = n % (2 * stride) === 0 ? [n, n + 4, n + 9] : [n];
      const outcome = await crash(shape, { kills });
      killed += outcome.kills;
      expectWhole(outcome, undisturbed, `${shape} killed at ${kills.join(", ")}`);
    });
    expect(killed).toBeGreaterThanOrEqual(points.length / 2);
  },
  900_000,
);
