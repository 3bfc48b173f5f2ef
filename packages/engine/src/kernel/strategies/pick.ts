import { activationAt, nextCell, stepOf } from "../cells.js";
import type { Decision } from "../event.js";
import { isSpent } from "../recovery/hooks.js";
import type { OpenActivation, RunState, RunTree } from "../state.js";

/** Answers whether an attempt of a node may have its resources now. Asking takes nothing. */
export type Admit = (run: RunState, node: number) => boolean;

/**
 * The next start the strategy allows and the resources admit; undefined: none now. Sequential: nothing beside the activation
 * under way, and in topological order, so that it waits for units and for room. Parallel: the heaps hold the present stage
 * only. Graph: the longest remaining path is first in its heap.
 */
export function pickStart(tree: RunTree, run: RunState, admit: Admit): Decision | undefined {
  if (run.workflow.strategy !== "sequential") return pickBest(tree, run, admit);
  if (run.busy === 0 && run.unitsAsked > 0) return undefined;
  const node = run.busy > 0 ? underWay(run) : bestOf(run);
  return node < 0 ? undefined : admitted(tree, run, node, admit);
}

/**
 * Sequential: the open activation if it has a cell to start, else -1. A stop may leave several, of attempts that were held back: after
 * it, they go on one after the other.
 */
function underWay(run: RunState): number {
  for (const [key, { node, halted, running }] of run.open) {
    if (halted || run.heldBack.has(key)) continue;
    if (!run.startable.has(node)) return -1;
    if (running > 0) return node;
  }
  for (const node of run.startable.keys()) return node;
  return -1;
}

/** Parallel: the next group to begin, or -1. Nothing of the groups so far is ready, asked, or open and not held. */
export function nextStage(run: RunState): number {
  if (run.workflow.strategy !== "parallel" || run.later.size === 0 || run.unitsAsked > 0) return -1;
  if (run.heaps.some((heap) => heap.size > 0) || (run.busy > 0 && isGroupOpen(run))) return -1;
  let next = -1;
  for (const depth of run.later.keys()) if (next < 0 || depth < next) next = depth;
  return next;
}

/** Steps of later groups are open only while the host looks at the `error` port of one that never started. */
function isGroupOpen(run: RunState): boolean {
  for (const [key, { node, halted }] of run.open) {
    const depth = run.workflow.nodes[node]?.depth ?? 0;
    if (depth <= run.stage && !halted && !run.heldBack.has(key)) return true;
  }
  return false;
}

function admitted(tree: RunTree, run: RunState, node: number, admit: Admit): Decision | undefined {
  const isPlain = run.topology.plain[node] === 1 && run.startable.size === 0;
  if ((isPlain || !asksNothing(run, node)) && !admit(run, node)) {
    tree.hungry.add(run.index);
    return undefined;
  }
  if (!isPlain) return startOf(tree, run, node);
  const n = (run.begun[node] ?? 0) + 1;
  return { type: "attempt.started", run: run.index, node, n, c: 0, attempt: 1, fallback: false };
}

/** Passes over lanes whose first is not admitted. */
function pickBest(tree: RunTree, run: RunState, admit: Admit): Decision | undefined {
  if (run.offered === 0) return undefined;
  let refused: Set<number> | undefined;
  for (;;) {
    const node = bestOf(run, refused);
    if (node < 0) return undefined;
    const start = admitted(tree, run, node, admit);
    if (start !== undefined) return start;
    refused ??= new Set();
    refused.add(run.topology.lane[node] ?? 0);
  }
}

/** The best of the first nodes of all lanes but the refused ones, or -1. Lanes are few. */
function bestOf(run: RunState, refused?: ReadonlySet<number>): number {
  let best = -1;
  for (let lane = 0; lane < run.heaps.length; lane++) {
    const node = run.heaps[lane]?.peek() ?? -1;
    if (node < 0 || refused?.has(lane) === true) continue;
    if (best < 0 || (run.topology.priority[node] ?? 0) < (run.topology.priority[best] ?? 0)) best = node;
  }
  return best;
}

/** Of the open activations the oldest with a cell to start; undefined: the node's next one begins. */
function startableOf(run: RunState, node: number): OpenActivation | undefined {
  const n = run.startable.get(node)?.[0];
  return n === undefined ? undefined : activationAt(run, node, n);
}

/** Child runs and the measuring of a map take no resources. */
function asksNothing(run: RunState, node: number): boolean {
  const step = stepOf(run, node);
  const activation = startableOf(run, node);
  if (activation === undefined && step.forEach !== undefined) return true;
  const cell = activation?.cells.get(nextCell(step, activation));
  return step.workflow !== undefined && cell?.fallback !== true;
}

function startOf(tree: RunTree, run: RunState, node: number): Decision {
  const step = stepOf(run, node);
  const activation = startableOf(run, node);
  const n = activation?.n ?? (run.begun[node] ?? 0) + 1;
  if (activation === undefined && step.forEach !== undefined)
    return { type: "activation.started", run: run.index, node, n };
  const c = activation === undefined ? 0 : nextCell(step, activation);
  const cell = activation?.cells.get(c);
  const at = { run: run.index, node, n, c };
  if (step.workflow === undefined || cell?.fallback === true) {
    return { type: "attempt.started", ...at, attempt: (cell?.attempts ?? 0) + 1, fallback: cell?.fallback ?? false };
  }
  if (cell !== undefined && cell.child >= 0 && !isSpent(tree, cell.child))
    return { type: "run.reopened", run: cell.child, parent: at };
  return { type: "run.started", run: tree.runs.length, workflow: step.workflow, parent: at };
}
