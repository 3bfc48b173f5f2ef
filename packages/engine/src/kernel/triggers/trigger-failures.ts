import type { Failure } from "../../contracts/failure.js";
import type { PlanRecovery } from "../../plan/plan.js";
import type { Decision, RunEvent } from "../event.js";
import { backoff } from "../recovery/retry.js";
import { isListening, silence, type TriggerState } from "./trigger-state.js";

/** A trigger that could not be evaluated or watched: tried again by the workflow's recovery, then the error strategy decides. */
export function failTrigger(state: TriggerState, event: Extract<RunEvent, { type: "trigger.failed" }>): void {
  if (!isListening(state)) return;
  state.failure = event.failure;
  state.failedAt = event.at;
  state.jitter = event.jitter;
  state.retryDue = Number.POSITIVE_INFINITY;
}

/** It was evaluated or watched again. */
export function recoverTrigger(state: TriggerState): void {
  state.failure = undefined;
  state.retries = 0;
  state.retryDue = Number.POSITIVE_INFINITY;
}

export function isHelpless(state: TriggerState): boolean {
  return state.failure !== undefined && !Number.isFinite(state.retryDue) && isListening(state);
}

export function decideFailure(
  at: { readonly run: number; readonly trigger: number },
  state: TriggerState,
  recovery: PlanRecovery,
  now: number,
): Decision {
  const failure = state.failure as Failure;
  if (isLasting(failure) || state.retries >= recovery.maxRetries) {
    const handling = recovery.handling === "continue" ? "continue" : "stop";
    return { type: "trigger.escalated", ...at, handling, failure };
  }
  const delayMs = backoff(recovery.retryDelayMs, state.retries, failure, state.jitter, "equal");
  const due = Math.round(Math.max(state.failedAt + delayMs, now));
  return { type: "trigger.retried", ...at, due, retry: state.retries + 1 };
}

function isLasting({ kind, retryable }: Failure): boolean {
  return retryable === false || kind === "configuration" || kind === "data_validation" || kind === "cancelled";
}

/** Under `continue` it is off for good; else the run stops, and the trigger begins anew when the run is resumed. */
export function escalate(state: TriggerState, event: Extract<RunEvent, { type: "trigger.escalated" }>): void {
  if (event.handling !== "continue") return;
  state.off = true;
  silence(state);
}
