import { expect, test } from "vitest";
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
import {
  drawReactions,
  drawRollbacks,
  drawScenario,
  drawShared,
  type ScenarioDraw,
} from "../../packages/engine/src/testing/simulator/scenario.js";
import { simulate, warmUp } from "../../packages/engine/src/testing/simulator/simulation.js";

/** `FROM=1 SEEDS=100000 npm run trust -- seeds` */
const from = Number(process.env["FROM"] ?? 1);
const count = Number(process.env["SEEDS"] ?? 100_000);

const draws: readonly (readonly [string, ScenarioDraw, number])[] = [
  ["whatever fails", drawScenario, 1],
  ["rollbacks", drawRollbacks, 4],
  ["triggers", drawReactions, 1],
  ["shared", drawShared, 2],
];

test.each(draws)("simulator, %s: seeds", async (_name, draw, cost) => {
  await warmUp();
  for (let seed = from; seed < from + count / cost; seed++)
    expect((await simulate(seed, {}, draw)).faults, `seed ${seed}`).toEqual([]);
});

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

test.each(properties)("kernel, %s: seeds", (_name, property, cost) => {
  for (let seed = from; seed < from + count / cost; seed++) expect(property(seed), `seed ${seed}`).toEqual([]);
});
