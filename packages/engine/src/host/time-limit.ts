import { type Clock, callAfter } from "../contracts/clock.js";
import type { Failure } from "../contracts/failure.js";
import { failureOf } from "../errors/failure-of.js";
import type { PlanStep } from "../plan/plan.js";

/** The time an attempt may take. What it spends held behind a full queue does not count. */
export type TimeLimit = {
  /** Once; after `stop`, never. */
  start(): void;
  stop(): void;
  /** Waits for something that is no work of the attempt's. */
  outside(waiting: Promise<void>): Promise<void>;
};

const unlimited: TimeLimit = { start: () => undefined, stop: () => undefined, outside: (waiting) => waiting };

/** The timeout of a step that waits bounds its waiting, which is no attempt's. */
export function timeLimit(clock: Clock, step: PlanStep, late: (failure: Failure) => void): TimeLimit {
  const { timeoutMs } = step;
  if (timeoutMs === null || step.waits !== undefined) return unlimited;
  let left = timeoutMs;
  let since = 0;
  let away = 0;
  let off: (() => void) | undefined;
  let begun = false;
  let over = false;
  const start = (): void => {
    if (begun) return;
    begun = true;
    goOn();
  };
  const goOn = (): void => {
    if (over) return;
    since = clock.monotonic();
    expectEnd();
  };
  /** The wall clock may have been set forward meanwhile: only time that passed counts. */
  const expectEnd = (): void => {
    const rest = left - (clock.monotonic() - since);
    off = callAfter(clock, Math.ceil(rest), () => {
      if (clock.monotonic() - since < left) expectEnd();
      else late(failureOf("E_TIMEOUT", { timeoutMs }));
    });
  };
  const stop = (): void => {
    over = true;
    off?.();
  };
  const outside = async (waiting: Promise<void>): Promise<void> => {
    if (away++ === 0) {
      off?.();
      left = Math.max(1, left - (clock.monotonic() - since));
    }
    await waiting;
    if (--away === 0) goOn();
  };
  return { start, stop, outside };
}
