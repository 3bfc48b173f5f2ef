import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { activationAt, beginCell, cellAt, openActivation, refresh } from "./cells.js";
import type { Cell, PortValues } from "./event.js";
import { makeReady, setErrand } from "./flow.js";
import { cellInputs, resolveInputs } from "./inputs.js";
import { createRun, OPEN, type OpenActivation, type RunState, type RunTree, runAt } from "./state.js";

export function startRun(tree: RunTree, workflow: number, parent: Cell | null, inputs: PortValues, at: number): void {
  const topology = tree.topologies[workflow];
  if (topology === undefined) throw nanobrainError("E_INTERNAL", { what: `no workflow ${workflow} in the plan` });
  const depth = parent === null ? 0 : runAt(tree, parent.run).depth + 1;
  const run = createRun(topology, tree.runs.length, parent, depth);
  tree.runs.push(run);
  setDeadline(tree, run, at);
  for (const node of run.workflow.inputs) {
    const value = inputs[run.workflow.nodes[node]?.name ?? ""];
    if (value !== undefined) run.given.set(node, value);
  }
  for (let node = 0; node < run.workflow.nodes.length; node++) makeReady(tree, run, node);
  tree.dirty.add(run.index);
}

function setDeadline(tree: RunTree, run: RunState, at: number): void {
  if (run.workflow.timeoutMs === null) return;
  run.deadline = at + run.workflow.timeoutMs;
  tree.timed.add(run.index);
}

export function startChild(tree: RunTree, workflow: number, parent: Cell, at: number): void {
  const above = runAt(tree, parent.run);
  const activation = openActivation(tree, above, parent.node);
  const cell = beginCell(activation, parent.c);
  cell.child = tree.runs.length;
  refresh(tree, above, activation);
  startRun(tree, workflow, parent, cellInputs(above, activation, parent.c), at);
}

export function reopenChild(tree: RunTree, child: number, parent: Cell, at: number): void {
  const above = runAt(tree, parent.run);
  const activation = activationAt(above, parent.node);
  beginCell(activation, parent.c);
  refresh(tree, above, activation);
  reopen(tree, runAt(tree, child), at);
}

export function completeRun(tree: RunTree, run: RunState): void {
  run.status = "completed";
  tree.timed.delete(run.index);
  if (run.parent === null) {
    tree.ended = true;
    return;
  }
  const { above, activation, cell } = placeOf(tree, run.parent);
  const out: { [port: string]: Handle } = {};
  for (const node of run.workflow.outputs) {
    const value = run.outputs.get(node);
    if (value !== undefined) out[run.workflow.nodes[node]?.name ?? ""] = value;
  }
  cell.status = "done";
  cell.out = out;
  activation.running--;
  activation.done++;
  tree.runs[run.index] = undefined;
  refresh(tree, above, activation);
}

export function failRun(tree: RunTree, run: RunState, cause: Failure, at: number): void {
  run.status = "failed";
  run.cause = cause;
  tree.timed.delete(run.index);
  if (run.parent === null) {
    tree.ended = true;
    return;
  }
  const { above, activation, cell } = placeOf(tree, run.parent);
  cell.status = "failed";
  cell.failedAt = at;
  cell.failure = childFailure(run, cause);
  activation.running--;
  activation.pending++;
  above.verdicts.set(`${run.parent.node}:${run.parent.c}`, { node: run.parent.node, c: run.parent.c });
  refresh(tree, above, activation);
}

/** Where a child run stands in the run above it. */
function placeOf(tree: RunTree, parent: Cell) {
  const above = runAt(tree, parent.run);
  const activation = activationAt(above, parent.node);
  return { above, activation, cell: cellAt(activation, parent.c) };
}

/** Keeps the cause's kind: a data fault in a child is not retried by its parent either. */
function childFailure(run: RunState, cause: Failure): Failure {
  return failureOf("E_CHILD_FAILED", { workflow: run.workflow.name, what: cause.message }, { kind: cause.kind, cause });
}

/** A failed root run is tried again, with all its failed child runs. */
export function resumeTree(tree: RunTree, at: number): void {
  tree.ended = false;
  const root = runAt(tree, 0);
  reopen(tree, root, at);
  for (const run of tree.runs) if (run !== undefined) tree.dirty.add(run.index);
}

function reopen(tree: RunTree, run: RunState, at: number): void {
  run.status = "running";
  run.cause = undefined;
  for (const verdict of run.verdicts.values()) if (verdict.failure !== undefined) run.stuck.add(verdict.node);
  run.verdicts.clear();
  setDeadline(tree, run, at);
  tree.dirty.add(run.index);
  for (const node of run.stuck) retryStuck(tree, run, node);
  run.stuck.clear();
  for (const activation of run.open.values()) reopenActivation(tree, run, activation, at);
}

function retryStuck(tree: RunTree, run: RunState, node: number): void {
  const unit = run.topology.lane[node] === -1;
  if (unit && resolveInputs(run, node).status === "ready") setErrand(tree, "unit", run, node);
  else run.barren.add(node);
}

/**
 * Failed cells start anew with fresh budgets; child runs go on where they stopped, also those that were still running when a run
 * above them stopped, as they may hold failures that nobody decided on. What failed under `continue` stays so.
 */
function reopenActivation(tree: RunTree, run: RunState, activation: OpenActivation, at: number): void {
  if (activation.closing) return;
  if (activation.halted) run.busy++;
  activation.halted = false;
  activation.failure = undefined;
  activation.pending = 0;
  activation.failed = 0;
  activation.out = undefined;
  activation.links = undefined;
  for (const cell of activation.cells.values()) {
    const child = cell.child < 0 ? undefined : tree.runs[cell.child];
    if (cell.status === "running" && child !== undefined) reopen(tree, child, at);
    if (cell.status !== "failed") continue;
    cell.retries = 0;
    cell.waits = 0;
    cell.crashes = 0;
    cell.failure = undefined;
    if (child === undefined || cell.fallback) {
      cell.status = "idle";
      activation.again.push(cell.c);
    } else {
      cell.status = "running";
      activation.running++;
      reopen(tree, child, at);
    }
  }
  activation.again.sort((a, b) => a - b);
  if (activation.count < 0) setErrand(tree, "measure", run, activation.node);
  run.node[activation.node] = OPEN;
  refresh(tree, run, activation);
}

export function pauseTree(tree: RunTree, at: number): void {
  tree.paused = true;
  tree.pausedAt = at;
}

/** Time spent paused does not count against any deadline. */
export function unpauseTree(tree: RunTree, at: number): void {
  tree.paused = false;
  for (const index of tree.timed) runAt(tree, index).deadline += at - tree.pausedAt;
  for (const run of tree.runs) if (run !== undefined) tree.dirty.add(run.index);
}

/** The next stage's steps may start. */
export function reachStage(tree: RunTree, run: RunState, stage: number): void {
  run.stage = stage;
  for (const node of run.later.get(stage) ?? []) run.heaps[run.topology.lane[node] ?? 0]?.push(node);
  run.later.delete(stage);
  tree.dirty.add(run.index);
}
