import type { Handle } from "../../contracts/handle.js";
import type { Decision, Queued } from "../event.js";
import { canTake, deliver } from "../flow.js";
import { ABSENT, NONE, type RunState, type RunTree, VALUE } from "../state.js";
import { removeLetter, writeLetter } from "./dead-items.js";
import { giveNext, releaseItem, takeItem } from "./give.js";
import { addAbsence, addItems, itemOf } from "./item-ranges.js";
import type { QueueShape } from "./queue-shape.js";
import type { QueueState } from "./queue-state.js";

/** What the kernel's core asks of queues. A run without queues pays one comparison. */

/** What the queue's first link carried enters the queue. Items that a schema refused are dead letters at once. */
export function enqueue(tree: RunTree, run: RunState, queue: number, value: Handle, found: Queued): void {
  const state = run.queues[queue];
  if (state === undefined) return;
  state.waiting += addItems(state.ranges, value, found);
  for (const [place, failure] of found.invalid ?? [])
    writeLetter(tree, run, queue, { value: itemOf(value, found.each, place), failure, deliveries: 0 });
  feed(tree, run, queue);
}

/** The queue's source had nothing to send: every target gets an absence. */
export function absentQueue(tree: RunTree, run: RunState, queue: number): void {
  const state = run.queues[queue];
  if (state === undefined) return;
  addAbsence(state.ranges);
  feed(tree, run, queue);
}

/** An activation has begun and took its tokens, an item among them perhaps. */
export function noteTaken(run: RunState, node: number, n: number, at: number): void {
  const { queues, feeds } = run.topology.shapes;
  for (const { queue, target } of feeds.get(node) ?? nothing) {
    const [state, shape] = [run.queues[queue], queues[queue]];
    if (state === undefined || shape === undefined) continue;
    state.restless = true;
    takeItem(state, shape, target, n, at);
  }
}

/** An activation is over: its items are acknowledged. */
export function noteEnded(run: RunState, node: number, n: number, at: number): void {
  for (const { queue, target } of run.topology.shapes.feeds.get(node) ?? nothing) {
    const state = run.queues[queue];
    if (state === undefined) continue;
    state.restless = true;
    if (releaseItem(state, target, n, at)) state.acknowledged++;
  }
}

const nothing: readonly { readonly queue: number; readonly target: number }[] = [];

/** Gives items to targets that can take one, in all queues where something has changed. */
export function feedQueues(tree: RunTree, run: RunState): void {
  for (let queue = 0; queue < run.queues.length; queue++)
    if (run.queues[queue]?.restless === true) feed(tree, run, queue);
}

function feed(tree: RunTree, run: RunState, queue: number): void {
  const state = run.queues[queue];
  const shape = run.topology.shapes.queues[queue];
  if (state === undefined || shape === undefined) return;
  const links = shape.plan.links;
  state.restless = false;
  for (;;) {
    const gift = giveNext(state, shape, (target) => canTake(run, shape.targets[target] ?? -1, links[target] ?? -1));
    if (gift === undefined) return;
    const link = links[gift.target] ?? -1;
    deliver(tree, run, link, gift.value === undefined ? ABSENT : VALUE, gift.value);
    if (run.token[run.topology.slotOf[link] ?? -1] === NONE) skipTaken(state, shape, gift.target);
  }
}

/** The token belonged to an activation that was taken over from another run: its item is acknowledged. */
function skipTaken(state: QueueState, shape: QueueShape, target: number): void {
  takeItem(state, shape, target, 0, 0);
  if (releaseItem(state, target, 0, 0)) state.acknowledged++;
}

/** More items wait than it has room for. */
export function isFull(run: RunState, queue: number): boolean {
  const state = run.queues[queue];
  return state !== undefined && state.waiting > state.capacity;
}

/** Whether what a node sends on a port is held back by a full queue behind it. */
export function heldBy(run: RunState, node: number, port: string): boolean {
  if (run.queues.length === 0) return false;
  return (run.topology.shapes.leaving.get(`${node} ${port}`) ?? []).some((queue) => isFull(run, queue));
}

/** Only held attempts are left: the first full queue of the document gets room for what waits, twice as much at least. */
export function growFirst(run: RunState): Decision | undefined {
  for (let queue = 0; queue < run.queues.length; queue++) {
    if (!isFull(run, queue)) continue;
    const { waiting = 0, capacity = 0 } = run.queues[queue] ?? {};
    return { type: "queue.grown", run: run.index, queue, capacity: Math.max(waiting, capacity * 2) };
  }
  return undefined;
}

export function growQueue(tree: RunTree, run: RunState, queue: number, capacity: number): void {
  const state = run.queues[queue];
  if (state !== undefined) state.capacity = capacity;
  tree.dirty.add(run.index);
}

/** The unit of dead letters has taken the first one. */
export function dropLetter(run: RunState, queue: number): void {
  const state = run.queues[queue];
  if (state !== undefined) removeLetter(state);
}
