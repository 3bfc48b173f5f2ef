import type { RunEvent } from "../kernel/event.js";

/** What the attempt held of the pools is free again. */
export function endsAttempt(event: RunEvent): event is Extract<RunEvent, { readonly id: number }> {
  switch (event.type) {
    case "attempt.succeeded":
    case "attempt.failed":
    case "attempt.lost":
    case "attempt.suspended":
      return true;
    default:
      return false;
  }
}

/** It may change what the store's index says of the run: its status. */
export function isDecisive(event: RunEvent): boolean {
  if (event.type === "attempt.started" || event.type === "attempt.succeeded") return false;
  if (event.type === "attempt.suspended" || event.type.startsWith("wait.")) return true;
  return event.type.startsWith("run.") && (!("run" in event) || event.run === 0);
}
