import { nanobrainError } from "../errors/nanobrain-error.js";
import type { PlanStep } from "../plan/plan.js";
import { clearErrand, offer, setErrand, withdraw } from "./flow.js";
import { resolveInputs } from "./inputs.js";
import { createCell, OPEN, type OpenActivation, type OpenCell, type RunState, type RunTree } from "./state.js";

/** Open activations and their cells: what may start, what is under way, when all is done. Called by `evolve` and `decide`. */

export function stepOf(run: RunState, node: number): PlanStep {
  const step = run.workflow.nodes[node]?.step;
  if (step === undefined)
    throw nanobrainError("E_INTERNAL", { what: `node ${node} of ${run.workflow.name} is no step` });
  return step;
}

export function openActivation(tree: RunTree, run: RunState, node: number): OpenActivation {
  const known = run.open.get(node);
  if (known !== undefined) return known;
  const resolved = resolveInputs(run, node);
  const step = stepOf(run, node);
  const activation: OpenActivation = {
    node,
    n: 1,
    inputs: resolved.status === "ready" ? resolved.inputs : {},
    count: step.forEach === undefined ? 1 : -1,
    cells: new Map(),
    next: 0,
    again: [],
    running: 0,
    pending: 0,
    done: 0,
    failed: 0,
    failure: undefined,
    halted: false,
    closing: false,
    links: undefined,
    out: undefined,
  };
  run.open.set(node, activation);
  run.node[node] = OPEN;
  run.busy++;
  if (step.forEach !== undefined) setErrand(tree, "measure", run, node);
  return activation;
}

export function activationAt(run: RunState, node: number): OpenActivation {
  const activation = run.open.get(node);
  if (activation === undefined) throw nanobrainError("E_INTERNAL", { what: `no open activation of node ${node}` });
  return activation;
}

export function cellAt(activation: OpenActivation, c: number): OpenCell {
  const cell = activation.cells.get(c);
  if (cell === undefined) throw nanobrainError("E_INTERNAL", { what: `no cell ${c} of node ${activation.node}` });
  return cell;
}

/** The cell an attempt or child run begins in. */
export function beginCell(activation: OpenActivation, c: number): OpenCell {
  const cell = activation.cells.get(c) ?? createCell(c);
  activation.cells.set(c, cell);
  if (c === activation.next) activation.next++;
  else {
    const at = activation.again.indexOf(c);
    if (at >= 0) activation.again.splice(at, 1);
  }
  cell.status = "running";
  cell.attempts++;
  cell.failure = undefined;
  cell.links = undefined;
  activation.running++;
  return cell;
}

/** The next cell to start, or -1. Cells to be tried again go first. */
export function nextCell(step: PlanStep, activation: OpenActivation): number {
  const each = step.forEach;
  if (activation.failure !== undefined || activation.running >= (each?.concurrency ?? 1)) return -1;
  if (activation.failed > (each?.maxFailures ?? 0)) return -1;
  const again = activation.again[0];
  if (again !== undefined) return again;
  return activation.next < activation.count ? activation.next : -1;
}

/** Keeps the node in its heap exactly while it has something to start (I3), and asks for gathering when all cells are done. */
export function refresh(tree: RunTree, run: RunState, activation: OpenActivation): void {
  const step = stepOf(run, activation.node);
  if (nextCell(step, activation) >= 0) offer(run, activation.node);
  else withdraw(run, activation.node);
  tree.dirty.add(run.index);
  if (step.forEach === undefined && step.workflow === undefined) return;
  if (isDone(step, activation)) setErrand(tree, "gather", run, activation.node);
  else clearErrand(tree, "gather", run, activation.node);
}

function isDone(step: PlanStep, activation: OpenActivation): boolean {
  if (activation.failure !== undefined || activation.out !== undefined || activation.count < 0) return false;
  if (activation.running > 0 || activation.pending > 0) return false;
  if (activation.failed > (step.forEach?.maxFailures ?? 0)) return true;
  return activation.done + activation.failed === activation.count;
}

/** Forgets the child runs of an activation, and all below them, with what they waited for. */
export function dropChildren(tree: RunTree, activation: OpenActivation): void {
  for (const cell of activation.cells.values()) if (cell.child >= 0) dropRun(tree, cell.child);
}

export function dropRun(tree: RunTree, index: number): void {
  const run = tree.runs[index];
  if (run === undefined) return;
  for (const activation of run.open.values()) dropChildren(tree, activation);
  tree.runs[index] = undefined;
  tree.timed.delete(index);
  for (const [key, errand] of tree.errands) if (errand.run === index) tree.errands.delete(key);
  for (let i = tree.timers.length - 1; i >= 0; i--) if (tree.timers[i]?.run === index) tree.timers.splice(i, 1);
}

/** Counts attempts of a run and of the runs above it. */
export function countRunning(tree: RunTree, run: RunState, change: 1 | -1): void {
  let at: RunState | undefined = run;
  while (at !== undefined) {
    at.running += change;
    tree.dirty.add(at.index);
    at = at.parent === null ? undefined : tree.runs[at.parent.run];
  }
}
