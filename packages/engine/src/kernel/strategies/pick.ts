import { nextCell, stepOf } from "../cells.js";
import type { Decision } from "../event.js";
import { READY, type RunState, type RunTree } from "../state.js";

/** Answers whether an attempt of a node may have its resources now. Asking takes nothing. */
export type Admit = (run: RunState, node: number) => boolean;

/**
 * The next start the strategy allows and the resources admit; undefined: none now. Sequential: nothing beside the activation
 * under way. Parallel: the heaps hold the present stage only. Graph: the longest remaining path is first in its heap.
 */
export function pickStart(tree: RunTree, run: RunState, admit: Admit): Decision | undefined {
  const node = run.workflow.strategy === "sequential" && run.busy > 0 ? underWay(run) : undefined;
  if (node !== undefined) return node < 0 ? undefined : admitted(tree, run, node, admit);
  return pickBest(tree, run, admit);
}

/** Sequential: the open activation if it has a cell to start, else -1. */
function underWay(run: RunState): number {
  for (const activation of run.open.values()) {
    if (nextCell(stepOf(run, activation.node), activation) >= 0) return activation.node;
  }
  return -1;
}

function admitted(tree: RunTree, run: RunState, node: number, admit: Admit): Decision | undefined {
  if (!asksNothing(run, node) && !admit(run, node)) {
    tree.hungry.add(run.index);
    return undefined;
  }
  return startOf(tree, run, node);
}

/** Lanes are few: look at the first of each, best first, and pass over those that are not admitted. */
function pickBest(tree: RunTree, run: RunState, admit: Admit): Decision | undefined {
  const refused = new Set<number>();
  for (;;) {
    let best = -1;
    let lane = -1;
    for (let i = 0; i < run.heaps.length; i++) {
      const node = run.heaps[i]?.peek() ?? -1;
      if (node < 0 || refused.has(i)) continue;
      if (best < 0 || (run.topology.priority[node] ?? 0) < (run.topology.priority[best] ?? 0)) {
        best = node;
        lane = i;
      }
    }
    if (best < 0) return undefined;
    const start = admitted(tree, run, best, admit);
    if (start !== undefined) return start;
    refused.add(lane);
  }
}

/** Child runs and the measuring of a map take no resources. */
function asksNothing(run: RunState, node: number): boolean {
  const step = stepOf(run, node);
  if (step.forEach !== undefined && run.node[node] === READY) return true;
  const activation = run.open.get(node);
  const cell = activation?.cells.get(nextCell(step, activation));
  return step.workflow !== undefined && cell?.fallback !== true;
}

function startOf(tree: RunTree, run: RunState, node: number): Decision {
  const step = stepOf(run, node);
  const activation = run.open.get(node);
  if (activation === undefined && step.forEach !== undefined)
    return { type: "activation.started", run: run.index, node, n: 1 };
  const c = activation === undefined ? 0 : nextCell(step, activation);
  const cell = activation?.cells.get(c);
  const at = { run: run.index, node, n: 1, c };
  if (step.workflow === undefined || cell?.fallback === true) {
    return { type: "attempt.started", ...at, attempt: (cell?.attempts ?? 0) + 1, fallback: cell?.fallback ?? false };
  }
  if (cell !== undefined && cell.child >= 0) return { type: "run.reopened", run: cell.child, parent: at };
  return { type: "run.started", run: tree.runs.length, workflow: step.workflow, parent: at };
}
