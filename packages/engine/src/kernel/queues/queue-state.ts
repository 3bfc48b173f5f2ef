import type { Failure } from "../../contracts/failure.js";
import type { Handle } from "../../contracts/handle.js";
import type { Json } from "../../contracts/json.js";
import type { WorkflowPlan } from "../../plan/plan.js";
import { copyRanges, createRanges, type ItemRanges } from "./item-ranges.js";
import { shapesOf } from "./queue-shape.js";

/*
 * State of one queue of a run.
 * I1. Every item is in one place: before a cursor, in `first` or `parked`, in a `slot`, in flight, or gone (acknowledged, dead).
 * I2. `waiting` counts the items no activation has begun with; invalid ones never count.
 * I3. With a key, at most one item of each key is in a slot or in flight; the others of that key that a cursor has passed are
 *     parked in order, bound to its target.
 * I4. Memory follows what waits and what is in flight, not what has passed through; a list is one range.
 */

/** An item an activation has begun with. */
export type Flight = {
  readonly target: number;
  readonly position: number;
  readonly value: Handle;
  readonly key: number | undefined;
  readonly since: number;
};

/** What a queue gave up. `deliveries`: attempts it was given to. */
export type Letter = { readonly value: Handle; readonly failure: Failure; readonly deliveries: number };

export type QueueTarget = {
  /** What goes before the cursor: items of a key that was under way, and absences. Positions. */
  readonly first: number[];
  /** Position of the token that no activation has taken yet; -1: none. */
  slot: number;
  /** Activations that hold an item. */
  open: number;
  /** Items given, ever. */
  given: number;
  /** Mean time of its last activations; 0: none yet. */
  meanMs: number;
};

export type QueueState = {
  readonly ranges: ItemRanges;
  /** Positions looked at next: by target, or one for all where items go by load. */
  readonly cursors: number[];
  readonly targets: readonly QueueTarget[];
  /** By key under way: its target, and the positions that wait behind it. */
  readonly keys: Map<number, { readonly target: number; readonly parked: number[] }>;
  /** Positions in all lists of `keys`. */
  parked: number;
  /** By `flightKey`. */
  readonly flights: Map<number, Flight>;
  /** The first dead letters that nobody has taken, and those behind them. */
  readonly letters: Letter[];
  furtherLetters: Letter[];
  waiting: number;
  capacity: number;
  acknowledged: number;
  dead: number;
  /** A hint: targets may be able to take something. */
  restless: boolean;
};

/** Where an activation's item is: one number for each target and activation. */
export function flightKey({ targets }: QueueState, target: number, n: number): number {
  return n * targets.length + target;
}

export function createQueues(workflow: WorkflowPlan): QueueState[] {
  return shapesOf(workflow).queues.map(({ plan, targets, pattern }): QueueState => {
    return {
      ranges: createRanges(),
      cursors: new Array<number>(pattern === undefined ? 1 : targets.length).fill(0),
      targets: targets.map(() => ({ first: [], slot: -1, open: 0, given: 0, meanMs: 0 })),
      keys: new Map(),
      parked: 0,
      flights: new Map(),
      letters: [],
      furtherLetters: [],
      waiting: 0,
      capacity: plan.capacity,
      acknowledged: 0,
      dead: 0,
      restless: false,
    };
  });
}

/** For a checkpoint: shares what never changes. */
export function copyQueues(queues: readonly QueueState[]): QueueState[] {
  return queues.map((queue) => ({
    ...queue,
    restless: true,
    ranges: copyRanges(queue.ranges),
    cursors: queue.cursors.slice(),
    targets: queue.targets.map((target) => ({ ...target, first: target.first.slice() })),
    keys: new Map([...queue.keys].map(([key, { target, parked }]) => [key, { target, parked: parked.slice() }])),
    flights: new Map(queue.flights),
    letters: queue.letters.slice(),
    furtherLetters: queue.furtherLetters.slice(),
  }));
}

export function snapshotQueues(queues: readonly QueueState[]): Json {
  const plain = queues.map(({ restless: _restless, ...queue }) => ({
    ...queue,
    ranges: copyRanges(queue.ranges).held.map(({ keys, invalid, ...range }) => ({
      ...range,
      keys: [...(keys ?? [])],
      invalid: [...(invalid ?? [])],
    })),
    end: queue.ranges.end,
    numbered: queue.ranges.numbered,
    keys: [...queue.keys],
    flights: [...queue.flights],
  }));
  return JSON.parse(JSON.stringify(plain)) as Json;
}
