import { nanobrainError } from "../errors/nanobrain-error.js";
import type { PlanStep } from "../plan/plan.js";
import { begin, clearErrand, makeReady, nextInputs, setErrand } from "./flow.js";
import { OpenCells } from "./open-cells.js";
import { createCell, OPEN, type OpenActivation, type OpenCell, openKey, type RunState, type RunTree } from "./state.js";

/** Open activations and their cells: what may start, what is under way, when all is done. Called by `evolve` and `decide`. */

export function stepOf(run: RunState, node: number): PlanStep {
  const step = run.workflow.nodes[node]?.step;
  if (step === undefined)
    throw nanobrainError("E_INTERNAL", { what: `node ${node} of ${run.workflow.name} is no step` });
  return step;
}

/** Opens the node's next activation, which takes its tokens. */
export function openActivation(tree: RunTree, run: RunState, node: number, n: number): OpenActivation {
  const next = (run.begun[node] ?? 0) + 1;
  if (n !== next) throw nanobrainError("E_INTERNAL", { what: `activation ${n} of node ${node}, ${next} is next` });
  const resolved = nextInputs(run, node);
  const step = stepOf(run, node);
  const activation: OpenActivation = {
    node,
    n,
    inputs: resolved.status === "ready" ? resolved.inputs : {},
    count: step.forEach === undefined ? 1 : -1,
    cells: new OpenCells(),
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
    emits: undefined,
    kept: undefined,
  };
  begin(run, node);
  if (run.barren.size > 0) run.barren.delete(node);
  run.open.set(openKey(run, node, n), activation);
  run.opened[node] = (run.opened[node] ?? 0) + 1;
  run.node[node] = OPEN;
  run.busy++;
  if (step.forEach !== undefined) setErrand(tree, "measure", run, node, n);
  return activation;
}

export function findActivation(run: RunState, node: number, n: number): OpenActivation | undefined {
  return run.open.get(openKey(run, node, n));
}

export function activationAt(run: RunState, node: number, n: number): OpenActivation {
  const activation = findActivation(run, node, n);
  if (activation === undefined)
    throw nanobrainError("E_INTERNAL", { what: `activation ${n} of node ${node} is not open` });
  return activation;
}

export function cellAt(activation: OpenActivation, c: number): OpenCell {
  const cell = activation.cells.get(c);
  if (cell === undefined) throw nanobrainError("E_INTERNAL", { what: `no cell ${c} of node ${activation.node}` });
  return cell;
}

/** The cell an attempt or child run begins in. */
export function beginCell(activation: OpenActivation, c: number): OpenCell {
  let cell = activation.cells.get(c);
  if (cell === undefined) {
    cell = createCell(c);
    activation.cells.add(cell);
  }
  passOver(activation, c);
  cell.status = "running";
  cell.attempts++;
  cell.failure = undefined;
  cell.links = undefined;
  activation.running++;
  return cell;
}

/** The cell needs no start of its own any more. Cells that have begun already are passed over by `next`. */
export function passOver(activation: OpenActivation, c: number): void {
  const at = activation.again.length === 0 ? -1 : activation.again.indexOf(c);
  if (at >= 0) activation.again.splice(at, 1);
  while (activation.cells.has(activation.next)) activation.next++;
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
  const { node, n } = activation;
  if (activation.running === 1 && run.topology.plain[node] === 1 && run.startable.size === 0)
    return makeReady(tree, run, node);
  const step = stepOf(run, node);
  noteStartable(run, activation, nextCell(step, activation) >= 0);
  makeReady(tree, run, node);
  if (run.topology.gathers[node] !== 1) return;
  if (isDone(step, activation)) setErrand(tree, "gather", run, node, n);
  else clearErrand(tree, "gather", run, node, n);
}

/** Whether the activation has a cell to start. */
export function noteStartable(run: RunState, { node, n }: OpenActivation, is: boolean): void {
  if (!is && run.startable.size === 0) return;
  const known = run.startable.get(node);
  if (is && known === undefined) run.startable.set(node, [n]);
  else if (is && known?.includes(n) === false) known.splice(known.findLastIndex((other) => other < n) + 1, 0, n);
  else if (!is && known !== undefined) {
    const at = known.indexOf(n);
    if (at >= 0) known.splice(at, 1);
    if (known.length === 0) run.startable.delete(node);
  }
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
  tree.reacting.delete(index);
  for (const [key, errand] of tree.errands) if (errand.run === index) tree.errands.delete(key);
  for (let i = tree.timers.length - 1; i >= 0; i--) if (tree.timers[i]?.run === index) tree.timers.splice(i, 1);
}

/** Counts attempts of a run and of the runs above it. */
export function countRunning(tree: RunTree, run: RunState, change: number): void {
  for (let at: RunState | undefined = run; at !== undefined; at = above(tree, at)) {
    at.running += change;
    tree.dirty.add(at.index);
  }
}

/** Counts attempts that are held back, of a run and of the runs above it. */
export function countHeld(tree: RunTree, run: RunState, change: number): void {
  for (let at: RunState | undefined = run; at !== undefined; at = above(tree, at)) {
    at.held += change;
    tree.dirty.add(at.index);
  }
}

function above(tree: RunTree, run: RunState): RunState | undefined {
  return run.parent === null ? undefined : tree.runs[run.parent.run];
}
