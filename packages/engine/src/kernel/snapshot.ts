import type { Json } from "../contracts/json.js";
import { snapshotQueues } from "./queues/queue-state.js";
import { snapshotRunRecovery, snapshotTreeRecovery } from "./recovery/recovery-state.js";
import type { EndedActivation, OpenActivation, RunState, RunTree } from "./state.js";
import { snapshotTriggers } from "./triggers/trigger-state.js";

/** The whole state as plain JSON, hints left out: equal snapshots mean equal futures. For comparing folds; not a storage format. */
export function snapshot(tree: RunTree): Json {
  const {
    plan: _plan,
    topologies: _topologies,
    dirty: _dirty,
    hungry: _hungry,
    runs,
    errands,
    timers,
    timed,
    reacting,
    recovery,
    ...rest
  } = tree;
  const plain = {
    ...rest,
    errands: [...errands.keys()].sort(),
    timers: timers.map((timer) => ({ ...timer })),
    timed: [...timed].sort((a, b) => a - b),
    reacting: [...reacting].sort((a, b) => a - b),
    recovery: snapshotTreeRecovery(recovery),
    runs: runs.map((run) => (run === undefined ? null : snapshotRun(run))),
  };
  return JSON.parse(JSON.stringify(plain)) as Json;
}

function snapshotRun(run: RunState): unknown {
  const { workflow, topology: _topology, closedTo: _closedTo, changes: _changes, ...rest } = run;
  return {
    ...rest,
    workflow: workflow.name,
    queues: snapshotQueues(run.queues),
    triggers: snapshotTriggers(run.triggers),
    recovery: snapshotRunRecovery(run.recovery, snapshotRun),
    deadline: Number.isFinite(run.deadline) ? run.deadline : null,
    ...snapshotTokens(run),
    node: [...run.node],
    begun: [...run.begun],
    released: [...run.released],
    opened: [...run.opened],
    queued: [...run.queued],
    startable: [...run.startable],
    later: [...run.later],
    barren: [...run.barren],
    stuck: [...run.stuck],
    outputs: [...run.outputs],
    verdicts: [...run.verdicts],
    between: [...run.between],
    heldBack: [...run.heldBack.keys()],
    heaps: run.heaps.map((heap) => [...heap.items()]),
    open: [...run.open.values()].map(snapshotActivation),
    ended: [...run.ended].map(([key, ended]) => [key, snapshotEnded(ended)]),
  };
}

function snapshotTokens(run: RunState): object {
  return {
    need: [...run.need],
    depends: [...run.depends],
    odd: [...run.odd],
    token: [...run.token],
    sent: [...run.sent],
    behind: [...run.behind].map(([slot, ring]) => [slot, ring.items.slice(ring.start)]),
    owed: [...run.owed],
    collected: [...run.collected],
    given: [...run.given],
    sets: [...run.sets],
  };
}

function snapshotActivation(activation: OpenActivation): unknown {
  return {
    ...activation,
    emits: [...(activation.emits ?? [])],
    cells: [...activation.cells.values()].map((cell) => ({ ...cell, effects: [...(cell.effects ?? [])] })),
  };
}

function snapshotEnded(ended: EndedActivation): unknown {
  return { ...ended, emits: [...(ended.emits ?? [])] };
}
