import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { crash, type Outcome, type Planted, type Shape } from "./crash-rig/rig.js";

const strace = spawnSync("strace", ["-V"]).status === 0;

/** Two processes at a time: the machine has two cores. */
async function each<T>(points: readonly T[], work: (point: T) => Promise<void>): Promise<void> {
  const queue = [...points];
  const lane = async (): Promise<void> => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) await work(point);
  };
  await Promise.all([lane(), lane()]);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

function expectWhole(outcome: Outcome, undisturbed: Outcome, point: string): void {
  expect([point, outcome.violations, outcome.status]).toEqual([point, [], "completed"]);
  expect([point, outcome.outputs]).toEqual([point, undisturbed.outputs]);
}

test.each<Shape>(["nested", "chain", "retry"])(
  "crash rig, %s: killed at every event and resumed, a run ends as if undisturbed and repeats no recorded effect",
  async (shape) => {
    const undisturbed = await crash(shape, []);
    expectWhole(undisturbed, undisturbed, "undisturbed");
    let kills = 0;
    await each(numbers(undisturbed.events), async (n) => {
      const outcome = await crash(shape, [n]);
      kills += outcome.kills;
      expectWhole(outcome, undisturbed, `${shape} killed at event ${n}`);
    });
    expect(kills).toBeGreaterThan(undisturbed.events / 2);
  },
  900_000,
);

test("crash rig: killed again during the recovery, and once more", async () => {
  const undisturbed = await crash("nested", []);
  await each([5, 18, 33, 47, 60, 75], async (n) => {
    const outcome = await crash("nested", [n, n + 4, n + 9]);
    expect(outcome.kills).toBeGreaterThan(1);
    expectWhole(outcome, undisturbed, `killed at events ${n}, ${n + 4}, ${n + 9}`);
  });
}, 600_000);

test.skipIf(!strace)(
  "crash rig: killed at every sync and at every third write of the store",
  async () => {
    const undisturbed = await crash("chain", []);
    const tracer = (call: string, n: number): string[] => [
      "strace",
      "-f",
      "-qq",
      "-o",
      "/dev/null",
      "-e",
      `trace=${call}`,
      "-e",
      `inject=${call}:signal=KILL:when=${n}`,
    ];
    let kills = 0;
    const points = [
      ...numbers(30).map((n) => ["fsync,fdatasync", n] as const),
      ...numbers(20).map((n) => ["pwrite64", n * 3] as const),
    ];
    await each(points, async ([call, n]) => {
      const outcome = await crash("chain", [], "", tracer(call, n));
      kills += outcome.kills;
      expectWhole(outcome, undisturbed, `killed at ${call} ${n}`);
    });
    expect(kills).toBeGreaterThan(20);
  },
  600_000,
);

test.each<Planted>(["ack-before-write", "effect-unrecorded"])(
  "crash rig: a planted bug is noticed: %s",
  async (planted) => {
    const found: string[] = [];
    await each(numbers(14), async (n) => {
      found.push(...(await crash("retry", [n + 2], planted)).violations);
    });
    expect(found).not.toEqual([]);
  },
  300_000,
);
