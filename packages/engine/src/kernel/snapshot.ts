import type { Json } from "../contracts/json.js";
import type { RunState, RunTree } from "./state.js";

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
    ...rest
  } = tree;
  const plain = {
    ...rest,
    errands: [...errands.keys()].sort(),
    timers: timers.map((timer) => ({ ...timer })),
    timed: [...timed].sort((a, b) => a - b),
    runs: runs.map((run) => (run === undefined ? null : snapshotRun(run))),
  };
  return JSON.parse(JSON.stringify(plain)) as Json;
}

function snapshotRun(run: RunState): unknown {
  const { workflow, topology: _topology, ...rest } = run;
  return {
    ...rest,
    workflow: workflow.name,
    deadline: Number.isFinite(run.deadline) ? run.deadline : null,
    need: [...run.need],
    depends: [...run.depends],
    node: [...run.node],
    odd: [...run.odd],
    token: [...run.token],
    queued: [...run.queued],
    stageLeft: [...run.stageLeft],
    given: [...run.given],
    later: [...run.later],
    barren: [...run.barren],
    stuck: [...run.stuck],
    outputs: [...run.outputs],
    verdicts: [...run.verdicts],
    heaps: run.heaps.map((heap) => [...heap.items()]),
    open: [...run.open.values()].map((activation) => ({
      ...activation,
      cells: [...activation.cells.values()].map((cell) => ({ ...cell, effects: [...(cell.effects ?? [])] })),
    })),
  };
}
