import type { Resolved } from "../inputs.js";
import { openKey, type RunState } from "../state.js";
import { triggerShapeOf } from "./trigger-shape.js";
import type { WaitingFiring } from "./trigger-state.js";

/** Firings that wait for their step, as the network of tokens sees them: the oldest of all its triggers goes first. */

export function hasFiring(run: RunState, node: number): boolean {
  return oldestList(run, node) !== undefined;
}

/** The inputs of the moment of the oldest firing; undefined: no firing waits for the node. */
export function firingInputs(run: RunState, node: number): Resolved | undefined {
  return oldestList(run, node)?.[0]?.resolved;
}

/**
 * An activation begins with the oldest firing, whose trigger is executing until it is over. Nothing happens when none waits
 * (activations taken over from another run).
 */
export function takeFiring(run: RunState, node: number, n: number): Resolved | undefined {
  const firing = oldestList(run, node)?.shift();
  if (firing !== undefined) run.triggers[firing.trigger]?.executing.add(openKey(run, node, n));
  return firing?.resolved;
}

function oldestList(run: RunState, node: number): WaitingFiring[] | undefined {
  if (run.triggers.length === 0) return undefined;
  let oldest: WaitingFiring[] | undefined;
  for (const trigger of triggerShapeOf(run.workflow).targeting.get(node) ?? []) {
    const waiting = run.triggers[trigger]?.waiting.get(node);
    const seq = waiting?.[0]?.seq ?? Number.POSITIVE_INFINITY;
    if (seq < (oldest?.[0]?.seq ?? Number.POSITIVE_INFINITY)) oldest = waiting;
  }
  return oldest;
}
