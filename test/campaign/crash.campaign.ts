import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { crash, each, killedAt, numbers, type Outcome, type Shape } from "../crash-rig/rig.js";

/** All that can change what is on disk. */
const calls = ["fsync", "fdatasync", "pwrite64", "ftruncate", "rename", "unlink", "mkdir", "linkat"];
const shapes: readonly Shape[] = ["nested", "chain", "retry"];

const reactive: readonly Shape[] = ["mixed", "rollback", "waiting", "reacting"];

function expectWhole(outcome: Outcome, undisturbed: Outcome, point: string): void {
  expect([point, outcome.violations, outcome.status]).toEqual([point, [], "completed"]);
  expect([point, outcome.outputs, outcome.undone]).toEqual([point, undisturbed.outputs, undisturbed.undone]);
}

test("strace is there: the campaign cannot do without", () => {
  expect(spawnSync("strace", ["-V"]).status).toBe(0);
});

test.each(shapes.flatMap((shape) => calls.map((call) => [shape, call] as const)))(
  "%s: killed at every %s until none is left",
  async (shape, call) => {
    const undisturbed = await crash(shape);
    let kills = 0;
    let isOver = false;
    await each(numbers(5000), async (n) => {
      if (isOver) return;
      const outcome = await crash(shape, { tracers: [killedAt(call, n)] });
      kills += outcome.kills;
      isOver ||= outcome.kills === 0;
      expectWhole(outcome, undisturbed, `${shape} killed at ${call} ${n}`);
    });
    process.stdout.write(`${shape}: ${kills} kills at ${call}\n`);
  },
);

test.each(shapes)("%s: killed at every sync, and at every sync of the recovery", async (shape) => {
  const undisturbed = await crash(shape);
  const pairs = numbers(40).flatMap((first) => numbers(15).map((second) => [first * 2, second] as const));
  let kills = 0;
  await each(pairs, async ([first, second]) => {
    const tracers = [killedAt("fsync,fdatasync", first), killedAt("fsync,fdatasync", second)];
    const outcome = await crash(shape, { tracers });
    kills += outcome.kills;
    expectWhole(outcome, undisturbed, `${shape} killed at syncs ${first} and ${second}`);
  });
  expect(kills).toBeGreaterThan(pairs.length / 2);
});

test.each(shapes)("%s: killed at every event, and at every event after", async (shape) => {
  const undisturbed = await crash(shape);
  const pairs = numbers(undisturbed.events).flatMap((first) =>
    [1, 3, 6, 10].map((more) => [first, first + more] as const),
  );
  await each(pairs, async (kills) => {
    expectWhole(await crash(shape, { kills }), undisturbed, `${shape} killed at events ${kills.join(", ")}`);
  });
});

test.each(reactive)("%s: killed at every event, and twice more during the recovery", async (shape) => {
  const undisturbed = await crash(shape);
  const points = numbers(undisturbed.events).flatMap((n) => [[n], [n, n + 4, n + 9]]);
  await each(points, async (kills) => {
    expectWhole(await crash(shape, { kills }), undisturbed, `${shape} killed at events ${kills.join(", ")}`);
  });
});
