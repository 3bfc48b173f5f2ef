import type { PlanTrigger } from "../../plan/plan.js";
import type { RunEvent } from "../event.js";
import { recoverTrigger } from "./trigger-failures.js";
import { isListening, type TriggerState } from "./trigger-state.js";

/** A timer with a count ends when all its firings have happened. */
export function endTimer(state: TriggerState, plan: PlanTrigger): void {
  if (plan.timer?.count === undefined || state.fired < plan.timer.count) return;
  state.exhausted = true;
  state.due = Number.POSITIVE_INFINITY;
  state.missed = 0;
}

/** When the timer is due next; what was missed is made up for as `misfire` says. */
export function arm(state: TriggerState, plan: PlanTrigger, event: Extract<RunEvent, { type: "trigger.armed" }>): void {
  if (!isListening(state) || state.exhausted) return;
  recoverTrigger(state);
  if (Number.isFinite(state.due)) state.lastDue = state.due;
  state.due = event.due ?? Number.POSITIVE_INFINITY;
  state.missed += madeUpFor(plan.timer?.misfire ?? "once", event.missed);
  if (plan.timer?.count !== undefined) state.missed = Math.min(state.missed, plan.timer.count - state.fired);
  if (event.due === null && state.missed === 0) state.exhausted = true;
}

function madeUpFor(misfire: "skip" | "once" | "all", missed: number): number {
  if (misfire === "skip") return 0;
  return misfire === "once" ? Math.min(missed, 1) : missed;
}
