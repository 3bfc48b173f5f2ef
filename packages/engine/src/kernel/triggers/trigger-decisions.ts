import type { PlanTrigger } from "../../plan/plan.js";
import type { Decision } from "../event.js";
import type { RunState } from "../state.js";
import { deciderOf } from "./fire.js";
import { decideFailure, isHelpless } from "./trigger-failures.js";
import { isListening, type TriggerState } from "./trigger-state.js";

/** The next firing, retry or escalation of a run's triggers, in the order of the document. */
export function decideTriggers(run: RunState, now: number): Decision | undefined {
  for (let trigger = 0; trigger < run.triggers.length; trigger++) {
    const state = run.triggers[trigger];
    const plan = run.workflow.triggers[trigger];
    if (state === undefined || plan === undefined || !isListening(state)) continue;
    const at = { run: run.index, trigger };
    if (isHelpless(state)) return decideFailure(at, state, run.workflow.recovery, now);
    const by = deciderOf(plan);
    if (by === undefined || !isDue(state, now)) continue;
    const payload = state.owed[0]?.payload;
    return { type: "trigger.fired", ...at, by, ...(payload === undefined ? {} : { payload }) };
  }
  return undefined;
}

function isDue({ owed, missed, quietDue, due }: TriggerState, now: number): boolean {
  return owed.length > 0 || missed > 0 || quietDue <= now || due <= now;
}

/** When the next decision of a trigger is due by time alone; Infinity: never. The retry of a failed one is the host's to keep. */
export function nextTriggerDue(run: RunState): number {
  let next = Number.POSITIVE_INFINITY;
  for (const state of run.triggers) if (isListening(state)) next = Math.min(next, state.quietDue, state.due);
  return next;
}

/** Whether a trigger still has something bounded to come: a firing, the end of a quiet time, a retry, the rest of a count. */
export function isPending(run: RunState): boolean {
  return run.triggers.some((state, trigger) => {
    if (!isListening(state)) return false;
    const { owed, missed, quietDue, failure } = state;
    const waits = owed.length > 0 || missed > 0 || Number.isFinite(quietDue) || failure !== undefined;
    return waits || isCounting(state, run.workflow.triggers[trigger]);
  });
}

function isCounting({ exhausted }: TriggerState, plan: PlanTrigger | undefined): boolean {
  return plan?.timer?.count !== undefined && !exhausted;
}
