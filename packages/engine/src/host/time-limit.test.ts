import { expect, it } from "vitest";
import type { Clock } from "../contracts/clock.js";
import type { Failure } from "../contracts/failure.js";
import { jumpingClock } from "../testing/jumping-clock.js";
import { buildPlan } from "../testing/plan-builder.js";
import { SimulatedClock } from "../testing/simulated-clock.js";
import { timeLimit } from "./time-limit.js";

function limited(clock: Clock, timeoutMs: number): { readonly late: Failure[] } {
  const step = buildPlan({ steps: { a: { timeoutMs } }, links: [] }).workflows[0]?.nodes[0]?.step;
  const late: Failure[] = [];
  if (step !== undefined) timeLimit(clock, step, (failure) => late.push(failure)).start();
  return { late };
}

it("time limit: over when so much time has passed, once", async () => {
  const time = new SimulatedClock();
  const { late } = limited(time, 1000);
  await time.advance(999);
  expect(late).toEqual([]);
  await time.advance(10_000);
  expect(late.map(({ code }) => code)).toEqual(["E_TIMEOUT"]);
});

it("time limit: a wall clock set forward takes no time from an attempt", async () => {
  const time = new SimulatedClock();
  const { clock, jump } = jumpingClock(time);
  const { late } = limited(clock, 120_000);
  await time.advance(30_000);
  jump(3_600_000);
  await time.advance(89_999);
  expect(late).toEqual([]);
  await time.advance(60_001);
  expect(late.map(({ code }) => code)).toEqual(["E_TIMEOUT"]);
});

it("time limit: a wall clock set back gives no time to an attempt", async () => {
  const time = new SimulatedClock();
  const { clock, jump } = jumpingClock(time);
  const { late } = limited(clock, 120_000);
  await time.advance(30_000);
  jump(-3_600_000);
  await time.advance(89_999);
  expect(late).toEqual([]);
  await time.advance(1);
  expect(late.map(({ code }) => code)).toEqual(["E_TIMEOUT"]);
});
