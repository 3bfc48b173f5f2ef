import type { RunEvent } from "../event.js";
import type { RunState } from "../state.js";
import { judge } from "./conditions.js";
import { fire } from "./fire.js";
import { arm } from "./timers.js";
import { escalate, failTrigger } from "./trigger-failures.js";
import { isListening } from "./trigger-state.js";

export type TriggerEvent = Extract<RunEvent, { readonly type: `trigger.${string}` }>;

/** Folds an event of one trigger into its run's state. Gives the nodes of the steps that a firing waits for now. */
export function applyTrigger(run: RunState, event: TriggerEvent): readonly number[] {
  const state = run.triggers[event.trigger];
  const plan = run.workflow.triggers[event.trigger];
  if (state === undefined || plan === undefined) return [];
  switch (event.type) {
    case "trigger.fired":
      return fire(run, event);
    case "trigger.armed":
      arm(state, plan, event);
      return [];
    case "trigger.evaluated":
      judge(state, plan, event);
      return [];
    case "trigger.failed":
      failTrigger(state, event);
      return [];
    case "trigger.retried":
      state.retries = event.retry;
      state.retryDue = event.due;
      return [];
    case "trigger.escalated":
      escalate(state, event);
      return [];
  }
}

/** False for what comes too late, or again: a closed or switched off trigger hears nothing, a key fires once. */
export function isListeningTo(run: RunState, event: { readonly trigger: number; readonly key?: string }): boolean {
  const state = run.triggers[event.trigger];
  if (state === undefined || !isListening(state)) return false;
  return event.key === undefined || !state.keys.has(event.key);
}
