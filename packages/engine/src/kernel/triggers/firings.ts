import type { Resolved } from "../inputs.js";
import type { RunState } from "../state.js";
import type { TriggerState, WaitingFiring } from "./trigger-state.js";

/** Firings that wait for their step, as the network of tokens sees them: the oldest of all its triggers goes first. */

type Oldest = { readonly state: TriggerState; readonly firing: WaitingFiring };

function oldest(run: RunState, node: number): Oldest | undefined {
  let found: Oldest | undefined;
  for (const state of run.triggers) {
    const firing = state.waiting.get(node)?.[0];
    if (firing !== undefined && (found === undefined || firing.seq < found.firing.seq)) found = { state, firing };
  }
  return found;
}

export function hasFiring(run: RunState, node: number): boolean {
  return run.triggers.some((state) => (state.waiting.get(node)?.length ?? 0) > 0);
}

/** The inputs of the moment of the oldest firing; undefined: no firing waits for the node. */
export function firingInputs(run: RunState, node: number): Resolved | undefined {
  return run.triggers.length === 0 ? undefined : oldest(run, node)?.firing.resolved;
}

/** An activation begins with the oldest firing. Nothing happens when none waits (activations taken over from another run). */
export function takeFiring(run: RunState, node: number, n: number): void {
  if (run.triggers.length === 0) return;
  const found = oldest(run, node);
  if (found === undefined) return;
  found.state.waiting.get(node)?.shift();
  found.state.executing.add(`${node}:${n}`);
}
