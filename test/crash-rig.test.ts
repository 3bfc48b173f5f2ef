import { expect, test } from "vitest";
import type { DriverName } from "../packages/engine/src/adapters/stores/sqlite/driver.js";
import { availableDrivers } from "../packages/engine/src/testing/sqlite-drivers.js";
import { hasStrace } from "./crash-rig/counted-calls.js";
import { brokenIn } from "./crash-rig/judge.js";
import { killedAt } from "./crash-rig/processes.js";
import { crash, each, numbers, type Outcome, type Shape } from "./crash-rig/rig.js";

function expectWhole(outcome: Outcome, undisturbed: Outcome, point: string): void {
  expect([point, brokenIn(outcome, undisturbed), outcome.status]).toEqual([point, [], "completed"]);
}

const [preferred = "libsql", ...others] = [...availableDrivers].reverse();
const shapes: readonly (readonly [Shape, DriverName])[] = [
  ["nested", preferred],
  ["chain", preferred],
  ["retry", preferred],
  ...others.map((driver) => ["chain", driver] as const),
];

test.each(shapes)(
  "crash rig, %s on %s: killed at every event and resumed, a run ends as if undisturbed and repeats no recorded effect",
  async (shape, driver) => {
    const undisturbed = await crash(shape, { driver });
    expectWhole(undisturbed, undisturbed, "undisturbed");
    let kills = 0;
    await each(numbers(undisturbed.events), async (n) => {
      const outcome = await crash(shape, { kills: [n], driver });
      kills += outcome.kills;
      expectWhole(outcome, undisturbed, `${shape} killed at event ${n}`);
    });
    expect(kills).toBeGreaterThan(undisturbed.events / 2);
  },
  900_000,
);

test("crash rig: killed again during the recovery, and once more", async () => {
  const undisturbed = await crash("nested");
  let again = 0;
  await each([5, 18, 33, 47, 58, 66], async (n) => {
    const outcome = await crash("nested", { kills: [n, n + 4, n + 9] });
    // What is committed at once with the event of the first kill leaves nothing to recover.
    again += outcome.kills - 1;
    expectWhole(outcome, undisturbed, `killed at events ${n}, ${n + 4}, ${n + 9}`);
  });
  expect(again).toBeGreaterThanOrEqual(6);
}, 600_000);

test.skipIf(!hasStrace)(
  "crash rig: killed at every sync and at every third write of the store",
  async () => {
    const undisturbed = await crash("chain");
    let kills = 0;
    const points = [
      ...numbers(30).map((n) => ["fsync,fdatasync", n] as const),
      ...numbers(20).map((n) => ["pwrite64", n * 3] as const),
    ];
    await each(points, async ([call, n]) => {
      const outcome = await crash("chain", { tracers: [killedAt(call, n)] });
      kills += outcome.kills;
      expectWhole(outcome, undisturbed, `killed at ${call} ${n}`);
    });
    expect(kills).toBeGreaterThan(20);
  },
  600_000,
);

test.each(["ack-before-write", "effect-unrecorded"])(
  "crash rig: a planted bug is noticed: %s",
  async (planted) => {
    const found: string[] = [];
    await each(numbers(14), async (n) => {
      if (found.length > 0) return;
      found.push(...(await crash("retry", { kills: [n + 2], planted })).violations);
    });
    expect(found).not.toEqual([]);
  },
  300_000,
);
