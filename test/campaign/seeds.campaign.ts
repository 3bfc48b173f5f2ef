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
import { simulate, warmUp } from "../../packages/engine/src/testing/simulator/simulation.js";

/** `FROM=1 SEEDS=100000 npm run campaign -- seeds` */
const from = Number(process.env["FROM"] ?? 1);
const count = Number(process.env["SEEDS"] ?? 100_000);

test(`simulator: ${count} seeds from ${from}`, async () => {
  await warmUp();
  for (let seed = from; seed < from + count; seed++) expect((await simulate(seed)).faults, `seed ${seed}`).toEqual([]);
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
  ["kill, rollback", (seed) => killedAtEachEvent(seed, undefined, drawRollback("often")), 200],
];

test.each(properties)("kernel, %s: seeds", (_name, property, cost) => {
  for (let seed = from; seed < from + count / cost; seed++) expect(property(seed), `seed ${seed}`).toEqual([]);
});
