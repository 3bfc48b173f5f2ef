import type { Handle } from "../../contracts/handle.js";
import type { PlanTrigger } from "../../plan/plan.js";
import { isListening, type TriggerState } from "./trigger-state.js";

type Moment = { readonly seq: number; readonly at: number };

/** A watched port has a new value. The first one counts, too. */
export function watchValue(
  state: TriggerState,
  plan: PlanTrigger,
  position: number,
  value: Handle,
  { seq, at }: Moment,
): void {
  const isSecond = state.cameIn[position] === seq;
  state.latest[position] = value;
  state.cameIn[position] = seq;
  if (!isListening(state)) return;
  if (plan.mode === "all" || plan.debounceMs > 0) state.fresh[position] = true;
  if (plan.mode === "all" && state.fresh.includes(false)) return;
  if (plan.debounceMs > 0) state.quietDue = at + plan.debounceMs;
  else owe(state, plan, seq, isSecond);
}

/** Different ports that one event sets are one update; otherwise each value is a firing of its own. */
function owe(state: TriggerState, plan: PlanTrigger, seq: number, isSecond: boolean): void {
  const last = state.owed.at(-1);
  if (last !== undefined && (plan.coalesce || (last.seq === seq && !isSecond))) state.owed.pop();
  state.owed.push({ values: state.latest.slice(), payload: undefined, seq });
  state.fresh.fill(false);
}
