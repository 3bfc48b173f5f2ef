import { test } from "vitest";
import { allConstructs, constructsOf } from "../../packages/engine/src/testing/constructs.js";
import {
  cancelledAtEachEvent,
  drawOften,
  drawReactive,
  drawRollback,
  foldIsLive,
  type KernelProperty,
  killedAtEachEvent,
  pausedAtEachEvent,
  rolledBack,
  sameUnderAllStrategies,
  stoppedAndResumed,
} from "../../packages/engine/src/testing/kernel-properties.js";
import { knownSeeds } from "../../packages/engine/src/testing/simulator/known-seeds.js";
import { type PlantedHostBug, plantedHostBugs } from "../../packages/engine/src/testing/simulator/planted-host-bugs.js";
import {
  drawLong,
  drawReactions,
  drawRollbacks,
  drawScenario,
  drawShared,
  type ScenarioDraw,
} from "../../packages/engine/src/testing/simulator/scenario.js";
import { simulate, warmUp } from "../../packages/engine/src/testing/simulator/simulation.js";
import { campaign, type Ledger } from "./ledger.js";

/** `FROM=1 SEEDS=100000 npm run trust -- seeds`: seeds in all, over the draws of the simulator; the kernel's own in proportion. */
const from = Number(process.env["FROM"] ?? 1);
const count = Number(process.env["SEEDS"] ?? 40_000);

/** Which part of all seeds each draw gets. */
const draws: readonly (readonly [string, ScenarioDraw, number])[] = [
  ["whatever fails", drawScenario, 0.4],
  ["rollbacks", drawRollbacks, 0.15],
  ["triggers", drawReactions, 0.2],
  ["shared", drawShared, 0.15],
  ["long", drawLong, 0.1],
];

const properties: readonly (readonly [string, KernelProperty, number])[] = [
  ["strategies", sameUnderAllStrategies, 1],
  ["fold", foldIsLive, 10],
  ["kill", killedAtEachEvent, 20],
  ["pause", pausedAtEachEvent, 20],
  ["stop and resume", stoppedAndResumed, 2],
  ["cancel", cancelledAtEachEvent, 20],
  ["strategies, often", (seed) => sameUnderAllStrategies(seed, undefined, drawOften), 5],
  ["strategies, reactive", (seed) => sameUnderAllStrategies(seed, undefined, drawReactive), 5],
  ["kill, often", (seed) => killedAtEachEvent(seed, undefined, drawOften), 50],
  ["rollback", (seed) => rolledBack(seed, undefined, drawRollback("often")), 20],
  ["kill, rollback", (seed) => killedAtEachEvent(seed, undefined, drawRollback("once")), 100],
  ["kill, rollback, often", (seed) => killedAtEachEvent(seed, undefined, drawRollback("often")), 500],
  ["kill, rollback, reactive", (seed) => killedAtEachEvent(seed, undefined, drawRollback("reactive")), 1000],
  ["pause, rollback, often", (seed) => pausedAtEachEvent(seed, undefined, drawRollback("often")), 500],
  ["cancel, rollback, often", (seed) => cancelledAtEachEvent(seed, undefined, drawRollback("often")), 500],
  ["cancel, rollback, reactive", (seed) => cancelledAtEachEvent(seed, undefined, drawRollback("reactive")), 1000],
];

/** Seeds that are judged as one point. */
const atOnce = 200;

test("seeds: the simulator over every draw, the kernel over every property, the seeds that ever found something", async () => {
  await warmUp();
  await campaign("seeds", ["G2", "G3", "G8", "G9", "G11", "G12", "G13", "G19"], async (ledger) => {
    for (const { draw, seed, what } of knownSeeds)
      await ledger.point(`seed ${seed}, once: ${what}`, async () => (await simulate(seed, {}, draw)).faults);
    for (const [name, draw, part] of draws) await simulated(ledger, name, draw, Math.ceil(count * part));
    for (const [name, property, cost] of properties)
      await unfolded(ledger, name, property, Math.ceil(count / 4 / cost));
    for (const bug of Object.keys(plantedHostBugs) as PlantedHostBug[]) ledger.planted(bug, await isNoticed(bug));
    await covered(ledger);
  });
});

async function simulated(ledger: Ledger, name: string, draw: ScenarioDraw, seeds: number): Promise<void> {
  for (let first = from; first < from + seeds; first += atOnce)
    await ledger.point(`${name}, seeds from ${first}`, async (injected) => {
      const broken: string[] = [];
      const last = Math.min(first + atOnce, from + seeds);
      for (let seed = first; seed < last; seed++) {
        const { report, unheard } = await heard(() => simulate(seed, {}, draw));
        for (const [fault, times] of Object.entries(report.injected)) injected(`simulated ${fault}`, times);
        broken.push(...[...report.faults, ...unheard].map((what) => `seed ${seed}: ${what}`));
      }
      return broken;
    });
  ledger.note(`seeds, ${name}`, seeds);
}

/** Rejections that nobody heard of while it ran are told with what it answers. */
async function heard<T>(run: () => Promise<T>): Promise<{ report: T; unheard: readonly string[] }> {
  const unheard: string[] = [];
  const hear = (reason: unknown): void =>
    void unheard.push(`rejected unheard: ${reason instanceof Error ? (reason.stack ?? reason.message) : reason}`);
  process.on("unhandledRejection", hear);
  try {
    const report = await run();
    await new Promise((resolve) => setImmediate(resolve));
    return { report, unheard };
  } finally {
    process.off("unhandledRejection", hear);
  }
}

async function unfolded(ledger: Ledger, name: string, property: KernelProperty, seeds: number): Promise<void> {
  await ledger.point(`kernel, ${name}, ${seeds} seeds from ${from}`, async (injected) => {
    injected(`kernel: ${name}`, seeds);
    const all = Array.from({ length: seeds }, (_, index) => from + index);
    return all.flatMap((seed) => property(seed).map((what) => `seed ${seed}: ${what}`));
  });
}

async function isNoticed(bug: PlantedHostBug): Promise<boolean> {
  for (let seed = 1; seed <= 150; seed++)
    if ((await simulate(seed, plantedHostBugs[bug])).faults.length > 0) return true;
  return false;
}

/** What of the dialect the seeds use: at least 95 of 100 constructs. */
async function covered(ledger: Ledger): Promise<void> {
  await ledger.point("constructs", async () => {
    const used = new Set<string>();
    for (const [, draw, part] of draws)
      for (let seed = from; seed < from + Math.min(1000, count * part); seed++)
        for (const { plan } of draw(seed).runs) for (const construct of constructsOf(plan)) used.add(construct);
    const missing = [...allConstructs].filter((name) => !used.has(name));
    const part = 1 - missing.length / allConstructs.size;
    ledger.note("constructs of the dialect that seeds use", `${(part * 100).toFixed(1)} %`);
    return part >= 0.95 ? [] : [`seeds use none of ${missing.join(", ")}`];
  });
}
