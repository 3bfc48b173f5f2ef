import type { TriggerState } from "./trigger-state.js";

/** Where a trigger stands in its state machine. `off`: an error switched it off; `closed`: its run ends. */
export type TriggerStatus =
  | "monitoring"
  | "evaluating"
  | "activating"
  | "executing"
  | "error_handling"
  | "retry"
  | "off"
  | "closed";

export function triggerStatus(state: TriggerState): TriggerStatus {
  if (state.off) return "off";
  if (state.failure !== undefined && !state.closed) return Number.isFinite(state.retryDue) ? "retry" : "error_handling";
  if (state.owed.length > 0 || state.missed > 0) return "activating";
  if (isExecuting(state)) return "executing";
  if (state.closed) return "closed";
  const halfway = state.fresh.includes(true) || state.memberAt.some((at) => at > 0);
  return halfway || Number.isFinite(state.quietDue) ? "evaluating" : "monitoring";
}

/** A step it fired runs, or a firing waits for its step. */
function isExecuting({ executing, waiting }: TriggerState): boolean {
  if (executing.size > 0) return true;
  for (const firings of waiting.values()) if (firings.length > 0) return true;
  return false;
}
