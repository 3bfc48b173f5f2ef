import type { Handle } from "../contracts/handle.js";
import type { CallNote } from "../contracts/spending.js";
import type { Cell, RunEvent, Unstamped } from "../kernel/event.js";

/** The result of an effect of an attempt. */
export function recordedEffect(
  { run, node, n, c }: Cell,
  id: number,
  name: string,
  value: Handle,
  call: CallNote | undefined,
): Unstamped {
  const event = { type: "effect.recorded", run, node, n, c, id, name, value } as const;
  return call === undefined ? event : { ...event, call };
}

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
