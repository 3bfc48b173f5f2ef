import type { RunEvent } from "../event.js";
import { makeReady } from "../flow.js";
import { type RunTree, runAt } from "../state.js";
import { applyTrigger, isHeard, type TriggerEvent } from "./apply-trigger.js";

/** Folds an event of a trigger. False: it is none. */
export function evolveTrigger(tree: RunTree, event: RunEvent): boolean {
  if (!isOfTrigger(event)) return false;
  const run = runAt(tree, event.run);
  for (const node of applyTrigger(run, event)) makeReady(tree, run, node);
  if (event.type === "trigger.escalated" && event.handling !== "continue") {
    run.status = "stopping";
    run.cause = event.failure;
  }
  tree.dirty.add(run.index);
  return true;
}

function isOfTrigger(event: RunEvent): event is TriggerEvent {
  return event.type.startsWith("trigger.");
}

/** Whether what the outside says of a trigger still means something: the run goes on, its triggers are open, the key is new. */
export function isTriggerWanted(
  tree: RunTree,
  event: { readonly run: number; readonly trigger: number; readonly key?: string },
): boolean {
  const run = tree.runs[event.run];
  if (run === undefined || tree.ended || tree.cancelled) return false;
  return run.status !== "failed" && run.status !== "completed" && run.status !== "cancelled" && isHeard(run, event);
}
