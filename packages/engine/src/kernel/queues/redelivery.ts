import type { Failure } from "../../contracts/failure.js";
import type { PlanStep } from "../../plan/plan.js";
import { type Retry, retryFor } from "../recovery/retry.js";
import type { OpenCell } from "../state.js";

/**
 * Whether an item is delivered again to the attempt's own place; null: no more. A delivery is an attempt, so the queue's count
 * stands for the step's strategy and its retries. Waits for room cost none, and what no retry can mend is not tried again.
 */
export function redeliveryFor(step: PlanStep, cell: OpenCell, failure: Failure, maxDeliveries: number): Retry | null {
  const { recovery } = step;
  const replaced = { ...step, recovery: { ...recovery, handling: "retry" as const, maxRetries: maxDeliveries - 1 } };
  if (failure.kind === "resource") return retryFor(step, cell, failure);
  const retry = retryFor(replaced, cell, failure);
  if (retry === null) return null;
  return { ...retry, reason: `${failure.kind} failure, delivery ${retry.retry + 1} of ${maxDeliveries}` };
}
