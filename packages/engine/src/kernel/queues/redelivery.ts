import type { Failure } from "../../contracts/failure.js";
import type { PlanStep } from "../../plan/plan.js";
import { type Retry, retryFor } from "../recovery/retry.js";
import type { OpenCell } from "../state.js";

/**
 * Whether an item is delivered again, in its place; null: no more. A delivery is an attempt, so the queue's count stands for the
 * step's strategy and its retries, also where a child run failed. Waits for room cost none, and what no retry can mend is not tried again.
 */
export function redeliveryFor(step: PlanStep, cell: OpenCell, failure: Failure, maxDeliveries: number): Retry | null {
  if (failure.kind === "resource") return retryFor(step, cell, failure);
  const recovery = { ...step.recovery, handling: "retry" as const, own: true, maxRetries: maxDeliveries - 1 };
  const retry = retryFor({ ...step, recovery }, cell, failure);
  if (retry === null) return null;
  return { ...retry, reason: `${failure.kind} failure, delivery ${retry.retry + 1} of ${maxDeliveries}` };
}
