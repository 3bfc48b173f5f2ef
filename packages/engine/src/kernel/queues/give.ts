import type { Handle } from "../../contracts/handle.js";
import { dropBefore, type ItemRange, isInvalid, itemOf, rangeAt } from "./item-ranges.js";
import type { QueueShape } from "./queue-shape.js";
import { flightKey, type QueueState } from "./queue-state.js";

/** What a target is given; no value: an absence. */
export type Gift = { readonly target: number; readonly value: Handle | undefined };

/** Items of keys under way that are passed over before a cursor stands still: bounds memory and keeps looking ahead cheap. */
const PARKED_LIMIT = 1000;

/** An absence was spread over all targets, so they are looked at again. */
const SPREAD = -2;
const NOTHING = -1;

/**
 * Puts the next entry that some target can take into its slot. Items go in order to each target, and of each key; undefined:
 * there is nothing for those that can take one.
 */
export function giveNext(queue: QueueState, shape: QueueShape, canTake: (target: number) => boolean): Gift | undefined {
  if (!isAnyIdle(queue, canTake)) return undefined;
  const gift = shape.pattern === undefined ? giveByLoad(queue, shape, canTake) : giveByNumber(queue, shape, canTake);
  if (gift === undefined) trim(queue, shape);
  return gift;
}

type CanTake = (target: number) => boolean;

function isIdle({ targets }: QueueState, target: number, canTake: CanTake): boolean {
  return targets[target]?.slot === NOTHING && canTake(target);
}

function isAnyIdle(queue: QueueState, canTake: CanTake): boolean {
  for (let target = 0; target < queue.targets.length; target++) if (isIdle(queue, target, canTake)) return true;
  return false;
}

function giveByNumber(queue: QueueState, shape: QueueShape, canTake: CanTake): Gift | undefined {
  for (let target = 0; target < queue.targets.length; target++) {
    if (!isIdle(queue, target, canTake)) continue;
    const position = takeFirst(queue, target) ?? advance(queue, shape, target, target);
    if (position >= 0) return give(queue, target, position);
  }
  return undefined;
}

function giveByLoad(queue: QueueState, shape: QueueShape, canTake: CanTake): Gift | undefined {
  for (;;) {
    for (let target = 0; target < queue.targets.length; target++) {
      const position = isIdle(queue, target, canTake) ? takeFirst(queue, target) : undefined;
      if (position !== undefined) return give(queue, target, position);
    }
    const position = advance(queue, shape, 0, undefined);
    if (position >= 0) return give(queue, leastLoaded(queue, shape, canTake), position);
    if (position === NOTHING) return undefined;
  }
}

function takeFirst({ targets }: QueueState, target: number): number | undefined {
  const first = targets[target]?.first;
  return first === undefined || first.length === 0 ? undefined : first.shift();
}

/**
 * Moves a cursor behind the next entry that may be given now, and gives its position. `only`: the target whose entries the cursor
 * follows.
 */
function advance(queue: QueueState, shape: QueueShape, cursor: number, only: number | undefined): number {
  const { ranges, cursors } = queue;
  for (let position = cursors[cursor] ?? 0; position < ranges.end; position++) {
    cursors[cursor] = position + 1;
    const range = rangeAt(ranges, position) as ItemRange;
    if (only !== undefined && !isOf(shape, range, position, only)) continue;
    if (range.value === undefined) return only === undefined ? spread(queue, position) : position;
    const place = position - range.first;
    const key = range.keys?.[place];
    if (isInvalid(range, place)) continue;
    const chain = key === undefined ? undefined : queue.keys.get(key);
    if (chain === undefined) return position;
    if (queue.parked >= PARKED_LIMIT) {
      cursors[cursor] = position;
      return NOTHING;
    }
    chain.parked.push(position);
    queue.parked++;
  }
  return NOTHING;
}

function spread(queue: QueueState, position: number): number {
  for (const target of queue.targets) target.first.push(position);
  return SPREAD;
}

/** Equal keys have the same target, so that their order does not depend on time; without keys the item's number decides. */
function isOf({ pattern }: QueueShape, range: ItemRange, position: number, target: number): boolean {
  if (pattern === undefined || range.value === undefined) return true;
  const place = position - range.first;
  const key = range.keys?.[place];
  const number = key === undefined ? range.number + place : key >>> 0;
  return pattern[number % pattern.length] === target;
}

/** Fewest activations under way; `adaptive`: soonest done, by the time its last ones took. Then the one given least. */
function leastLoaded(queue: QueueState, { plan }: QueueShape, canTake: CanTake): number {
  const isAdaptive = plan.balance === "adaptive";
  let [best, bestLoad, bestGiven] = [NOTHING, 0, 0];
  for (let target = 0; target < queue.targets.length; target++) {
    if (!isIdle(queue, target, canTake)) continue;
    const { open = 0, meanMs = 0, given = 0 } = queue.targets[target] ?? {};
    const load = isAdaptive ? (open + 1) * meanMs : open;
    if (best >= 0 && (load - bestLoad || given - bestGiven) >= 0) continue;
    best = target;
    bestLoad = load;
    bestGiven = given;
  }
  return best;
}

function give(queue: QueueState, target: number, position: number): Gift {
  const range = rangeAt(queue.ranges, position) as ItemRange;
  const state = queue.targets[target];
  if (state !== undefined) state.slot = position;
  if (range.value === undefined) return { target, value: undefined };
  const place = position - range.first;
  const key = range.keys?.[place];
  if (key !== undefined && !queue.keys.has(key)) queue.keys.set(key, { target, parked: [] });
  if (state !== undefined) state.given++;
  return { target, value: itemOf(range.value, range.each, place) };
}

/** The item in a target's slot is taken by an activation; an absence leaves no trace. */
export function takeItem(queue: QueueState, shape: QueueShape, target: number, n: number, at: number): void {
  const state = queue.targets[target];
  if (state === undefined || state.slot < 0) return;
  const position = state.slot;
  const range = rangeAt(queue.ranges, position) as ItemRange;
  state.slot = NOTHING;
  if (range.value !== undefined) {
    const place = position - range.first;
    const value = itemOf(range.value, range.each, place);
    queue.flights.set(flightKey(queue, target, n), { target, position, value, key: range.keys?.[place], since: at });
    queue.waiting--;
    state.open++;
  }
  trim(queue, shape);
}

/** How much the latest activation counts in the mean. */
const NEWEST_SHARE = 0.25;

/** The activation that held an item has settled. False: it held none of this queue. */
export function releaseItem(queue: QueueState, target: number, n: number, at: number): boolean {
  const place = flightKey(queue, target, n);
  const flight = queue.flights.get(place);
  const state = queue.targets[target];
  if (flight === undefined || state === undefined) return false;
  queue.flights.delete(place);
  state.open--;
  const tookMs = Math.max(1, at - flight.since);
  state.meanMs = state.meanMs === 0 ? tookMs : state.meanMs + (tookMs - state.meanMs) * NEWEST_SHARE;
  if (flight.key !== undefined) releaseKey(queue, flight.key);
  return true;
}

function releaseKey(queue: QueueState, key: number): void {
  const chain = queue.keys.get(key);
  const next = chain?.parked.shift();
  if (chain === undefined || next === undefined) {
    queue.keys.delete(key);
    return;
  }
  queue.parked--;
  queue.targets[chain.target]?.first.push(next);
}

/** Lets go of what every cursor has passed and nobody waits for. */
function trim(queue: QueueState, shape: QueueShape): void {
  const oldest = queue.ranges.held[queue.ranges.start];
  if (oldest === undefined) return;
  let least = Number.POSITIVE_INFINITY;
  for (let cursor = 0; cursor < queue.cursors.length; cursor++) {
    least = Math.min(least, passOthers(queue, shape, cursor));
    if (least < oldest.first + oldest.count) return;
  }
  for (const { slot, first } of queue.targets) {
    if (slot >= 0) least = Math.min(least, slot);
    for (const position of first) least = Math.min(least, position);
  }
  for (const { parked } of queue.keys.values()) least = Math.min(least, parked[0] ?? least);
  dropBefore(queue.ranges, least);
}

/** Moves a cursor over what is for other targets, so that a busy target keeps nothing of theirs in memory. */
function passOthers({ ranges, cursors }: QueueState, shape: QueueShape, cursor: number): number {
  let position = cursors[cursor] ?? 0;
  while (shape.pattern !== undefined && position < ranges.end) {
    if (isOf(shape, rangeAt(ranges, position) as ItemRange, position, cursor)) break;
    position++;
  }
  cursors[cursor] = position;
  return position;
}
