import type { Handle } from "../../contracts/handle.js";
import type { Decision, RunEvent } from "../event.js";
import type { RunState, RunTree } from "../state.js";

/** Where the network of tokens asks its triggers. See `firings` for the firings that wait. */

/** A port of a node has a value (units: port `value`). */
export function noteValue(
  _tree: RunTree,
  _run: RunState,
  _node: number,
  _port: string,
  _value: Handle,
  _at: number,
): void {}

/** An activation is over. */
export function noteFiringEnd(_run: RunState, _node: number, _n: number): void {}

/** Events `trigger.*`. False: it is none of them. */
export function evolveTrigger(_tree: RunTree, _event: RunEvent): boolean {
  return false;
}

export function decideTrigger(_tree: RunTree, _run: RunState, _now: number): Decision | undefined {
  return undefined;
}

/** When time alone makes a trigger decide; Infinity: never. */
export function triggerDue(_run: RunState): number {
  return Number.POSITIVE_INFINITY;
}

/** Something bounded is still to come of a trigger. */
export function countsForQuiescence(_run: RunState): boolean {
  return false;
}

/** A manual trigger whose step never fired keeps the run waiting. */
export function waitsForFiring(_run: RunState): boolean {
  return false;
}

export function closeTriggers(_run: RunState): void {}

/** An activation is over that a firing may have begun. */
export function noteFiringEnd(run: RunState, node: number, n: number): void {
  endFiring(run, node, n);
}
