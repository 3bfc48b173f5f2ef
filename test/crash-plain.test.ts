import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasStrace } from "./crash-rig/counted-calls.js";
import { brokenIn } from "./crash-rig/judge.js";
import { type Patch, patchedRig } from "./crash-rig/patched-rig.js";
import { killedAt } from "./crash-rig/processes.js";
import { crash, each, numbers, type Outcome, type Shape } from "./crash-rig/rig.js";

/*
 * Runs of plain code that nobody listens to: they go the express way until they are killed, and on with a driver afterwards.
 */

function expectWhole(outcome: Outcome, undisturbed: Outcome, point: string): void {
  expect([point, brokenIn(outcome, undisturbed), outcome.status]).toEqual([point, [], "completed"]);
}

/** Calls of code and ends of runs that a process hears of, undisturbed. */
const HEARD = { lone: 6, plain: 18, handed: 18 } as const;
type Plain = keyof typeof HEARD;

test.each(["lone", "plain", "handed"] as const)(
  "crash rig, %s: killed at each call of code and each result, and again during the recovery, a run loses and repeats nothing",
  async (shape: Plain) => {
    const undisturbed = await crash(shape);
    expectWhole(undisturbed, undisturbed, "undisturbed");
    let kills = 0;
    await each(numbers(HEARD[shape]), async (n) => {
      const outcome = await crash(shape, { kills: n % 2 === 0 ? [n, 2] : [n] });
      kills += outcome.kills;
      expectWhole(outcome, undisturbed, `${shape} killed at ${n}`);
    });
    expect(kills).toBeGreaterThanOrEqual(HEARD[shape]);
  },
  600_000,
);

test.skipIf(!hasStrace).each(["lone", "plain", "handed"] as const)(
  "crash rig, %s: killed at syncs and writes of the store",
  async (shape) => {
    const undisturbed = await crash(shape);
    let kills = 0;
    const points = [
      ...numbers(16).map((n) => ["fsync,fdatasync", n] as const),
      ...numbers(14).map((n) => ["pwrite64", n * 5] as const),
    ];
    await each(points, async ([call, n]) => {
      const outcome = await crash(shape, { tracers: [killedAt(call, n)] });
      kills += outcome.kills;
      expectWhole(outcome, undisturbed, `${shape} killed at ${call} ${n}`);
    });
    expect(kills).toBeGreaterThan(15);
  },
  600_000,
);

const away = "../../..";
const bugs: readonly (readonly [string, Shape, Patch])[] = [
  [
    "a step is called before its start is on disk",
    "lone",
    [`${away}/express/express-run.js`, "this.journal.attemptOf(node) <= keeping.until", "true"],
  ],
  [
    "a group goes on before it is written",
    "plain",
    [
      `${away}/runtime/express/express-commits.js`,
      "void this.#it.store.commit(batches);",
      "setTimeout(() => void this.#it.store.commit(batches), 60);",
    ],
  ],
];

test.each(bugs)(
  "crash rig: a planted bug is noticed: %s",
  async (_name, shape, patch) => {
    const rig = patchedRig([patch]);
    try {
      const found: string[] = [];
      await each(numbers(HEARD[shape as Plain]), async (n) => {
        if (found.length === 0) found.push(...(await crash(shape, { kills: [n], rig })).violations);
      });
      expect(found).not.toEqual([]);
    } finally {
      rmSync(join(rig, "../.."), { recursive: true, force: true });
    }
  },
  300_000,
);
