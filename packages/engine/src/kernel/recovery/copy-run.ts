import { copyQueues } from "../queues/queue-state.js";
import type { OpenActivation, OpenCell, RunState } from "../state.js";
import { copyRing } from "../token-ring.js";
import { copyTriggers } from "../triggers/trigger-state.js";
import { copyRunRecovery } from "./recovery-state.js";

/** A copy of a run's state that shares only what never changes: plan, topology, handles, failures, findings. */
export function copyRun(run: RunState): RunState {
  const open = new Map([...run.open].map(([key, activation]) => [key, copyActivation(activation)]));
  return {
    ...run,
    need: run.need.slice(),
    depends: run.depends.slice(),
    node: run.node.slice(),
    begun: run.begun.slice(),
    released: run.released.slice(),
    opened: run.opened.slice(),
    odd: run.odd.slice(),
    token: run.token.slice(),
    carried: run.carried.slice(),
    behind: copyValues(run.behind, copyRing),
    owed: new Map(run.owed),
    sent: run.sent.slice(),
    collected: copyValues(run.collected, (values) => values.slice()),
    given: new Map(run.given),
    sets: copyValues(run.sets, (values) => values.slice()),
    heaps: run.heaps.map((heap) => heap.copy()),
    later: copyValues(run.later, (nodes) => nodes.slice()),
    queued: run.queued.slice(),
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
    cells: copyValues(activation.cells, copyCell),
    emits: activation.emits === undefined ? undefined : new Map(activation.emits),
    kept: activation.kept?.slice(),
  };
}

function copyCell(cell: OpenCell): OpenCell {
  return { ...cell, effects: cell.effects === undefined ? undefined : new Map(cell.effects) };
}
