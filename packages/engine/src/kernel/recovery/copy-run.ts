import type { Changes } from "../changes.js";
import { copyQueues } from "../queues/queue-state.js";
import type { OpenActivation, OpenCell, RunState } from "../state.js";
import { copyRing } from "../token-ring.js";
import { copyTriggers } from "../triggers/trigger-state.js";
import { copyRunRecovery } from "./recovery-state.js";

/** A copy of a run's state that shares only what never changes: plan, topology, handles, failures, findings. */
export function copyRun(run: RunState): RunState {
  const whole: Whole = {
    need: run.need.slice(),
    depends: run.depends.slice(),
    node: run.node.slice(),
    begun: run.begun.slice(),
    released: run.released.slice(),
    opened: run.opened.slice(),
    odd: run.odd.slice(),
    queued: run.queued.slice(),
    token: run.token.slice(),
    carried: run.carried.slice(),
    sent: run.sent.slice(),
    behind: copyValues(run.behind, copyRing),
    owed: new Map(run.owed),
    collected: copyValues(run.collected, (values) => values.slice()),
  };
  return copyAround(run, whole);
}

/** What has an entry for each node or link: copied once, then kept up to date. */
type Whole = Pick<
  RunState,
  | "need"
  | "depends"
  | "node"
  | "begun"
  | "released"
  | "opened"
  | "odd"
  | "queued"
  | "token"
  | "carried"
  | "sent"
  | "behind"
  | "owed"
  | "collected"
>;

/** An earlier copy of the run brought up to date, which is used up by it: costs what has changed since, not what there is. */
export function renewCopy(copy: RunState, run: RunState, { nodes, links }: Changes): RunState {
  for (const node of nodes) renewNode(copy, run, node);
  for (const link of links) renewLink(copy, run, link);
  const { need, depends, node, begun, released, opened, odd, queued, token, carried, sent } = copy;
  const { behind, owed, collected } = copy;
  const arrays = { need, depends, node, begun, released, opened, odd, queued, token, carried, sent };
  return copyAround(run, { ...arrays, behind, owed, collected });
}

function renewNode(copy: RunState, run: RunState, node: number): void {
  copy.need[node] = run.need[node] ?? 0;
  copy.depends[node] = run.depends[node] ?? 0;
  copy.node[node] = run.node[node] ?? 0;
  copy.begun[node] = run.begun[node] ?? 0;
  copy.released[node] = run.released[node] ?? 0;
  copy.opened[node] = run.opened[node] ?? 0;
  copy.odd[node] = run.odd[node] ?? 0;
  copy.queued[node] = run.queued[node] ?? 0;
}

function renewLink(copy: RunState, run: RunState, link: number): void {
  copy.token[link] = run.token[link] ?? 0;
  copy.carried[link] = run.carried[link];
  copy.sent[link] = run.sent[link] ?? 0;
  renewEntry(copy.behind, run.behind, link, copyRing);
  renewEntry(copy.owed, run.owed, link, (count) => count);
  renewEntry(copy.collected, run.collected, link, (values) => values.slice());
}

function renewEntry<V>(copy: Map<number, V>, from: Map<number, V>, key: number, copied: (value: V) => V): void {
  const value = from.get(key);
  if (value !== undefined) copy.set(key, copied(value));
  else if (copy.size > 0) copy.delete(key);
}

function copyAround(run: RunState, whole: Whole): RunState {
  const open = new Map<number, OpenActivation>();
  for (const [key, activation] of run.open) open.set(key, copyActivation(activation));
  return {
    ...run,
    ...whole,
    closedTo: 0,
    changes: undefined,
    given: new Map(run.given),
    sets: copyValues(run.sets, (values) => values.slice()),
    heaps: run.heaps.map((heap) => heap.copy()),
    later: copyValues(run.later, (nodes) => nodes.slice()),
    startable: copyValues(run.startable, (turns) => turns.slice()),
    barren: new Set(run.barren),
    stuck: new Set(run.stuck),
    open,
    ended: new Map(run.ended),
    heldBack: new Map([...run.heldBack.keys()].flatMap((key) => entryOf(open, key))),
    verdicts: new Map(run.verdicts),
    between: new Map(run.between),
    triggers: copyTriggers(run.triggers),
    queues: copyQueues(run.queues),
    recovery: copyRunRecovery(run.recovery),
    outputs: new Map(run.outputs),
  };
}

function copyValues<K, V>(map: ReadonlyMap<K, V>, copy: (value: V) => V): Map<K, V> {
  const copies = new Map<K, V>();
  for (const [key, value] of map) copies.set(key, copy(value));
  return copies;
}

function entryOf<K, V>(map: ReadonlyMap<K, V>, key: K): readonly (readonly [K, V])[] {
  const value = map.get(key);
  return value === undefined ? [] : [[key, value]];
}

function copyActivation(activation: OpenActivation): OpenActivation {
  return {
    ...activation,
    again: activation.again.slice(),
    cells: activation.cells.copy(copyCell),
    emits: activation.emits === undefined ? undefined : new Map(activation.emits),
    kept: activation.kept?.slice(),
  };
}

function copyCell(cell: OpenCell): OpenCell {
  return { ...cell, effects: cell.effects === undefined ? undefined : new Map(cell.effects) };
}
