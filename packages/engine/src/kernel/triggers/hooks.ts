import type { Handle } from "../../contracts/handle.js";
import type { Decision, RunEvent } from "../event.js";
import { makeReady } from "../flow.js";
import { openKey, type RunState, type RunTree, runAt } from "../state.js";
import { applyTrigger, isListeningTo, type TriggerEvent } from "./apply-trigger.js";
import { decideTriggers, isPending, nextTriggerDue } from "./trigger-decisions.js";
import { recoverTrigger } from "./trigger-failures.js";
import { triggerShapeOf } from "./trigger-shape.js";
import { isListening, silence } from "./trigger-state.js";
import { watchValue } from "./watch-values.js";

/** What the kernel's core asks of triggers. See `firings` for those that wait. */

/** A node has sent a value on a port (units: `value`). */
export function noteValue(tree: RunTree, run: RunState, node: number, port: string, value: Handle, at: number): void {
  const { watched, watching } = triggerShapeOf(run.workflow);
  if (!watched.has(node)) return;
  for (const { trigger, position } of watching.get(`${node} ${port}`) ?? []) {
    const state = run.triggers[trigger];
    const plan = run.workflow.triggers[trigger];
    if (state === undefined || plan === undefined) continue;
    watchValue(state, plan, position, value, { seq: tree.seq, at });
    tree.dirty.add(run.index);
  }
}

export function decideTrigger(_tree: RunTree, run: RunState, now: number): Decision | undefined {
  return decideTriggers(run, now);
}

/** When a trigger decides something by time alone; Infinity: never. The retry of one that failed is the host's to keep. */
export function triggerDue(run: RunState): number {
  return nextTriggerDue(run);
}

/** Something bounded is still to come of a trigger, so the run is not quiescent. */
export function countsForQuiescence(run: RunState): boolean {
  return isPending(run);
}

/** A manual trigger has not fired yet, and a step it leads to has not either: the run waits for somebody. */
export function waitsForFiring(run: RunState): boolean {
  return run.triggers.some((state, trigger) => {
    if (run.workflow.triggers[trigger]?.kind !== "manual" || !isListening(state) || state.fired > 0) return false;
    return triggerShapeOf(run.workflow).reach[trigger]?.some((node) => run.begun[node] === 0) ?? false;
  });
}

/** Folders and clocks go on by themselves as long as a process looks at them. Mere progress reports keep nobody awake. */
export function hearsOutside(tree: RunTree): boolean {
  for (const index of tree.reacting) {
    const run = tree.runs[index];
    const hears = run?.triggers.some((state, trigger) => {
      const { kind, progress, targets } = run.workflow.triggers[trigger] ?? {};
      const reports = progress === true && targets?.length === 0;
      return !reports && (kind === "folder" || (kind === "timer" && !state.exhausted)) && isListening(state);
    });
    if (hears === true) return true;
  }
  return false;
}

/** The run ends: nothing fires any more. Firings that wait for their step stay. */
export function closeTriggers(run: RunState): void {
  for (const state of run.triggers) {
    silence(state);
    state.closed = true;
  }
}

/** A stopped run is tried again: a trigger that had failed is, too. */
export function resumeTriggers(run: RunState): void {
  for (const state of run.triggers) if (isListening(state)) recoverTrigger(state);
}

/** An activation is over that a firing may have begun. */
export function noteFiringEnd(run: RunState, node: number, n: number): void {
  for (const trigger of triggerShapeOf(run.workflow).targeting.get(node) ?? [])
    run.triggers[trigger]?.executing.delete(openKey(run, node, n));
}

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

/** Whether what the outside says of a trigger still means something: its run goes on, it is open, and the key is new. */
export function isTriggerWanted(
  tree: RunTree,
  event: { readonly run: number; readonly trigger: number; readonly key?: string },
): boolean {
  const run = tree.runs[event.run];
  if (run === undefined || tree.ended || tree.cancelled) return false;
  if (run.status === "failed" || run.status === "completed" || run.status === "cancelled") return false;
  return isListeningTo(run, event);
}
