import type { Failure } from "../../contracts/failure.js";
import type { PlanStep } from "../../plan/plan.js";
import type { OpenCell } from "../state.js";

/** `retry` is 0 when the wait costs nothing of the budget. */
export type Retry = { readonly retry: number; readonly delayMs: number; readonly reason: string };

/** A delay never grows beyond this many times `retry_delay`. */
const GROWTH_LIMIT = 100;

/**
 * Whether and when a failed cell is tried again; null: not. Network and timeout failures are retried under every strategy, step
 * failures under `retry` only, waits for room cost no retry but are as many at most, the rest is never retried.
 */
export function retryFor(step: PlanStep, cell: OpenCell, failure: Failure): Retry | null {
  if (failure.retryable === false) return null;
  const { maxRetries, retryDelayMs, handling, own } = step.recovery;
  if (cell.child >= 0 && !cell.fallback && !(own && handling === "retry")) return null;
  const allowed = `${failure.kind} failure`;
  switch (failure.kind) {
    case "resource": {
      if (cell.waits >= maxRetries) return null;
      const delayMs = backoff(retryDelayMs, cell.waits, failure, cell.jitter, "equal");
      return { retry: 0, delayMs, reason: `${allowed}, waits for room (${cell.waits + 1} of ${maxRetries})` };
    }
    case "step":
      if (handling !== "retry") return null;
      return counted(cell, maxRetries, backoff(retryDelayMs, cell.retries, failure, cell.jitter, "equal"), allowed);
    case "network":
      return counted(cell, maxRetries, backoff(retryDelayMs, cell.retries, failure, cell.jitter, "full"), allowed);
    case "timeout":
      return counted(cell, maxRetries, backoff(retryDelayMs, cell.retries, failure, cell.jitter, "equal"), allowed);
    case "configuration":
    case "data_validation":
    case "cancelled":
      return null;
  }
}

function counted(cell: OpenCell, maxRetries: number, delayMs: number, what: string): Retry | null {
  if (cell.retries >= maxRetries) return null;
  const retry = cell.retries + 1;
  return { retry, delayMs, reason: `${what}, retry ${retry} of ${maxRetries}` };
}

/** `full`: anywhere up to the doubled delay (many clients of one service); `equal`: within ten per cent of it. */
export function backoff(
  baseMs: number,
  before: number,
  failure: Failure,
  jitter: number,
  spread: "full" | "equal",
): number {
  const grown = baseMs * Math.min(2 ** before, GROWTH_LIMIT);
  const spreadOut = spread === "full" ? grown * jitter : grown * (0.9 + 0.2 * jitter);
  return Math.max(spreadOut, failure.retryAfterMs ?? 0);
}
