import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { failCell } from "./cell-turns.js";
import { activationAt, beginCell, cellAt, dropChildren, dropRun, refresh } from "./cells.js";
import { letHeldGo } from "./emits.js";
import type { Cell, PortValues, RunEvent } from "./event.js";
import { openFor, succeedCell } from "./evolve-attempts.js";
import { makeReady, setErrand } from "./flow.js";
import { cellInputs } from "./inputs.js";
import { noteBegun, noteFailed, noteReopened, noteRunStarted, noteStage } from "./recovery/hooks.js";
import { createRun, OPEN, type OpenActivation, type RunState, type RunTree, runAt } from "./state.js";
import { closeTriggers, resumeTriggers } from "./triggers/hooks.js";

type Started = Extract<RunEvent, { readonly type: "run.started" }>;

export function startTree(tree: RunTree, event: Started): void {
  if ("parent" in event) return startChild(tree, event);
  tree.startedAt = event.at;
  startRun(tree, event, null, event.inputs);
}

function startRun(tree: RunTree, event: Started, parent: Cell | null, inputs: PortValues): void {
  const topology = tree.topologies[event.workflow];
  if (topology === undefined) throw nanobrainError("E_INTERNAL", { what: `no workflow ${event.workflow} in the plan` });
  const depth = parent === null ? 0 : runAt(tree, parent.run).depth + 1;
  const run = createRun(topology, tree.runs.length, parent, depth, event.at);
  tree.runs.push(run);
  setDeadline(tree, run, event.at);
  if (run.triggers.length > 0) tree.reacting.add(run.index);
  if (tree.finished) closeRun(run);
  for (const node of run.workflow.inputs) {
    const value = inputs[run.workflow.nodes[node]?.name ?? ""];
    if (value !== undefined) run.given.set(node, value);
  }
  for (let node = 0; node < run.workflow.nodes.length; node++) makeReady(tree, run, node);
  noteRunStarted(tree, run, event);
  tree.dirty.add(run.index);
}

function setDeadline(tree: RunTree, run: RunState, at: number): void {
  if (run.workflow.timeoutMs === null) return;
  run.deadline = at + run.workflow.timeoutMs;
  tree.timed.add(run.index);
}

function startChild(tree: RunTree, event: Extract<Started, { readonly parent: Cell }>): void {
  const { parent } = event;
  const above = runAt(tree, parent.run);
  const activation = openFor(tree, above, parent, event.at);
  const cell = beginCell(activation, parent.c);
  if (cell.child >= 0) dropRun(tree, cell.child);
  cell.child = tree.runs.length;
  noteBegun(tree, above, activation, cell);
  refresh(tree, above, activation);
  startRun(tree, event, parent, cellInputs(above, activation, parent.c));
}

export function reopenChild(tree: RunTree, child: number, parent: Cell, at: number): void {
  const above = runAt(tree, parent.run);
  const activation = activationAt(above, parent.node, parent.n);
  beginCell(activation, parent.c);
  refresh(tree, above, activation);
  reopen(tree, runAt(tree, child), at);
}

export function completeRun(tree: RunTree, run: RunState, at: number): void {
  run.status = "completed";
  abandon(tree, run);
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
  tree.runs[run.index] = undefined;
  cell.out = out;
  activation.running--;
  succeedCell(tree, above, activation, cell, at);
}

/** What a run leaves behind that ends before all of it is over (`completion: outputs`), or with triggers that wait. */
function abandon(tree: RunTree, run: RunState): void {
  tree.timed.delete(run.index);
  tree.reacting.delete(run.index);
  if (run.unsettled === 0 && run.open.size === 0) return;
  letHeldGo(tree, run);
  for (const activation of run.open.values()) dropChildren(tree, activation);
  for (const [key, errand] of tree.errands) if (errand.run === run.index) tree.errands.delete(key);
  for (let i = tree.timers.length - 1; i >= 0; i--) if (tree.timers[i]?.run === run.index) tree.timers.splice(i, 1);
  run.unitsAsked = 0;
  run.open.clear();
  run.opened.fill(0);
  run.ended.clear();
  run.verdicts.clear();
  run.busy = 0;
}

export function failRun(tree: RunTree, run: RunState, cause: Failure, at: number): void {
  run.status = "failed";
  run.cause = cause;
  noteFailed(run);
  letHeldGo(tree, run);
  tree.timed.delete(run.index);
  if (run.parent === null) {
    tree.ended = true;
    return;
  }
  const { above, activation, cell } = placeOf(tree, run.parent);
  activation.running--;
  failCell(tree, above, activation, cell, childFailure(run, cause), at);
}

/** Where a child run stands in the run above it. */
function placeOf(tree: RunTree, parent: Cell) {
  const above = runAt(tree, parent.run);
  const activation = activationAt(above, parent.node, parent.n);
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
  if (noteReopened(tree, run)) return;
  run.status = "running";
  run.cause = undefined;
  for (const verdict of run.verdicts.values()) if (verdict.failure !== undefined) run.stuck.add(verdict.node);
  run.verdicts.clear();
  resumeTriggers(run);
  setDeadline(tree, run, at);
  tree.dirty.add(run.index);
  const stuck = [...run.stuck];
  run.stuck.clear();
  for (const node of stuck) makeReady(tree, run, node);
  for (const activation of run.open.values()) reopenActivation(tree, run, activation, at);
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
  if (activation.count < 0) setErrand(tree, "measure", run, activation.node, activation.n);
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
  for (const [depth, nodes] of run.later) {
    if (depth > stage) continue;
    for (const node of nodes) run.heaps[run.topology.lane[node] ?? 0]?.push(node);
    run.later.delete(depth);
  }
  noteStage(run, stage);
  tree.dirty.add(run.index);
}

export function closeRun(run: RunState): void {
  run.closing = true;
  closeTriggers(run);
}

/** Triggers close, in all runs of the tree; nothing waits for them any more. */
export function finishTree(tree: RunTree): void {
  tree.finished = true;
  for (const run of tree.runs) {
    if (run === undefined) continue;
    closeRun(run);
    tree.dirty.add(run.index);
  }
}
