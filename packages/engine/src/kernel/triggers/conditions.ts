import type { PlanTrigger } from "../../plan/plan.js";
import type { RunEvent } from "../event.js";
import { recoverTrigger } from "./trigger-failures.js";
import { isListening, type TriggerState } from "./trigger-state.js";

/**
 * A condition that becomes true is a firing, but none within the least time after the last one: that one waits, as long as the
 * condition holds.
 */
export function judge(
  state: TriggerState,
  plan: PlanTrigger,
  event: Extract<RunEvent, { type: "trigger.evaluated" }>,
): void {
  const became = event.holds && !state.holds;
  state.holds = event.holds;
  state.reason = event.reason;
  if (!isListening(state)) return;
  recoverTrigger(state);
  if (!event.holds) state.quietDue = Number.POSITIVE_INFINITY;
  if (!became) return;
  const free = state.lastFiredAt === 0 ? 0 : state.lastFiredAt + plan.rearmMs;
  if (state.owed.length > 0) return;
  if (free > event.at) state.quietDue = free;
  else state.owed.push({ values: [], payload: undefined, seq: event.seq });
}
