import type { Failure } from "../../contracts/failure.js";
import type { Handle } from "../../contracts/handle.js";
import { deliverLetter } from "../flow.js";
import type { RunState, RunTree } from "../state.js";
import { releaseItem } from "./give.js";
import { shapesOf } from "./queue-shape.js";
import { flightKey, type Letter, type QueueState } from "./queue-state.js";

/** Letters that are kept at hand: taking one of very many would cost as much as there are. */
const AT_HAND = 1000;

/** Puts a letter to the others, in order, at the door of the queue's unit. */
export function writeLetter(tree: RunTree, run: RunState, queue: number, letter: Letter): void {
  const state = run.queues[queue];
  if (state === undefined) return;
  if (state.furtherLetters.length > 0 || state.letters.length >= AT_HAND) state.furtherLetters.push(letter);
  else state.letters.push(letter);
  state.dead++;
  const unit = run.workflow.queues[queue]?.letters ?? -1;
  if (unit >= 0) deliverLetter(tree, run, unit);
}

/** The items of an activation are dead letters. Whoever closes the activation finds them gone. */
export function buryItems(
  tree: RunTree,
  run: RunState,
  { node, n, at }: { readonly node: number; readonly n: number; readonly at: number },
  failure: Failure,
  deliveries: number,
): void {
  for (const queue of shapesOf(run.workflow).feeding.get(node) ?? []) {
    const state = run.queues[queue];
    if (state === undefined) continue;
    for (const [target, value] of flightsOf(run, state, queue, node, n)) {
      releaseItem(state, target, n, at);
      writeLetter(tree, run, queue, { value, failure, deliveries });
    }
  }
}

function flightsOf(run: RunState, state: QueueState, queue: number, node: number, n: number): [number, Handle][] {
  const targets = shapesOf(run.workflow).queues[queue]?.targets ?? [];
  return targets.flatMap((at, target): [number, Handle][] => {
    const flight = at === node ? state.flights.get(flightKey(state, target, n)) : undefined;
    return flight === undefined ? [] : [[target, flight.value]];
  });
}

export function removeLetter(state: QueueState): void {
  state.letters.shift();
  if (state.letters.length > 0 || state.furtherLetters.length === 0) return;
  state.letters.push(...state.furtherLetters.slice(0, AT_HAND));
  state.furtherLetters = state.furtherLetters.slice(AT_HAND);
}
