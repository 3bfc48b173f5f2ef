import { type Amounts, plus } from "../contracts/spending.js";
import { failureOf } from "../errors/failure-of.js";
import { failCell, finishCell, startAgain } from "./cell-turns.js";
import {
  activationAt,
  beginCell,
  cellAt,
  countRunning,
  dropRun,
  findActivation,
  openActivation,
  passOver,
  refresh,
  stepOf,
} from "./cells.js";
import { letGo } from "./emits.js";
import type { Activation, Cell, RunEvent } from "./event.js";
import { noteTaken } from "./queues/hooks.js";
import { noteBegun, noteDone } from "./recovery/hooks.js";
import { afterRound } from "./rounds.js";
import { closeOpen } from "./settle.js";
import {
  createCell,
  type OpenActivation,
  type OpenCell,
  type RunState,
  type RunTree,
  runAt,
  SUCCEEDED,
} from "./state.js";
import { addTimer, removeTimer } from "./timers.js";
import { suspend } from "./waits.js";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** Times an attempt of the user's own code may take its process with it before it counts as failed. */
const CRASHES_ALLOWED = 2;
/** Executors whose steps share the engine's process. */
const inProcess: ReadonlySet<string> = new Set(["local", "thread"]);

/** Opens an activation, which takes its tokens, or gives the one that is open. */
export function openFor(tree: RunTree, run: RunState, { node, n }: Activation, at: number): OpenActivation {
  const known = n > (run.begun[node] ?? 0) ? undefined : findActivation(run, node, n);
  if (known !== undefined) return known;
  const activation = openActivation(tree, run, node, n);
  if (run.queues.length > 0) noteTaken(run, node, n, at);
  return activation;
}

export function startActivation(tree: RunTree, event: Of<"activation.started">): void {
  const run = runAt(tree, event.run);
  refresh(tree, run, openFor(tree, run, event, event.at));
}

export function startAttempt(tree: RunTree, event: Of<"attempt.started">): void {
  const run = runAt(tree, event.run);
  const activation = openFor(tree, run, event, event.at);
  const cell = beginCell(activation, event.c);
  cell.id = event.seq;
  noteBegun(tree, run, activation, cell);
  countRunning(tree, run, 1);
  refresh(tree, run, activation);
}

/** The cell of an attempt that has just ended, whatever the end. */
function endAttempt(tree: RunTree, event: Cell): { run: RunState; activation: OpenActivation; cell: OpenCell } {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node, event.n);
  const cell = cellAt(activation, event.c);
  activation.running--;
  letGo(tree, run, activation, cell);
  // Runs that were refused are looked at before the run whose attempt made room.
  feedHungry(tree);
  countRunning(tree, run, -1);
  return { run, activation, cell };
}

export function feedHungry(tree: RunTree): void {
  if (tree.hungry.size === 0) return;
  for (const index of tree.hungry) tree.dirty.add(index);
  tree.hungry.clear();
}

export function succeedAttempt(tree: RunTree, event: Of<"attempt.succeeded">): void {
  const { run, activation, cell } = endAttempt(tree, event);
  const { node, n, out, links, at } = event;
  cell.out = out;
  const cached = event.cache?.outcome === "hit";
  if (run.topology.gathers[node] === 1) {
    const { forEach, repeat } = stepOf(run, node);
    if (forEach !== undefined || repeat !== undefined) return succeedCell(tree, run, activation, cell, at, cached);
  }
  if (tree.recovery.restorable) noteDone(tree, run, activation, cell, { out, cached });
  closeOpen(tree, run, activation, { node, n, status: SUCCEEDED, out, links, at });
}

/** A cell that is not counted as under way any more gave `cell.out`: its round is over, or it is done. */
export function succeedCell(
  tree: RunTree,
  run: RunState,
  activation: OpenActivation,
  cell: OpenCell,
  at: number,
  cached = false,
): void {
  noteDone(tree, run, activation, cell, { out: cell.out ?? {}, cached });
  if (stepOf(run, activation.node).repeat === undefined) finishCell(tree, run, activation, cell);
  else afterRound(tree, run, activation, cell, at);
}

export function failAttempt(tree: RunTree, event: Of<"attempt.failed">): void {
  const { run, activation, cell } = endAttempt(tree, event);
  cell.links = event.links;
  cell.jitter = event.jitter;
  failCell(tree, run, activation, cell, event.failure, event.at);
}

export function suspendAttempt(tree: RunTree, event: Of<"attempt.suspended">): void {
  suspend(tree, endAttempt(tree, event), event, succeedCell);
}

/**
 * The engine's own steps cannot take the process with them, and what runs in a process of its own takes that one only: just the
 * user's code on the engine's own threads is ever blamed for it.
 */
export function loseAttempt(tree: RunTree, event: Of<"attempt.lost">): void {
  const { run, activation, cell } = endAttempt(tree, event);
  const step = stepOf(run, event.node);
  const own = (cell.fallback ? step.fallback : step.component)?.module !== undefined;
  if (event.cause === "crash" && own && inProcess.has(step.executor)) cell.crashes++;
  if (cell.crashes >= CRASHES_ALLOWED) {
    const failure = failureOf("E_POISON", { crashes: cell.crashes }, { retryable: false });
    failCell(tree, run, activation, cell, failure, event.at);
    return;
  }
  startAgain(tree, run, activation, cell);
}

export function recordEffect(tree: RunTree, event: Of<"effect.recorded">): void {
  const cell = cellAt(activationAt(runAt(tree, event.run), event.node, event.n), event.c);
  cell.effects ??= new Map();
  cell.effects.set(event.name, event.value);
  if (event.call !== undefined) spend(tree, event.run, event.call.spent);
}

/** Counted for the run and for those that it is a part of; no rollback takes it back. */
function spend(tree: RunTree, index: number, spent: Amounts): void {
  for (let run: RunState | undefined = runAt(tree, index); run !== undefined; ) {
    tree.spent[run.index] = plus(tree.spent[run.index] ?? {}, spent);
    run = run.parent === null ? undefined : tree.runs[run.parent.run];
  }
}

function takeVerdict(
  tree: RunTree,
  at: Activation,
  c: number,
): { run: RunState; activation: OpenActivation; cell: OpenCell } {
  const run = runAt(tree, at.run);
  const activation = activationAt(run, at.node, at.n);
  if (run.verdicts.delete(`${at.node}:${at.n}:${c}`)) activation.pending--;
  return { run, activation, cell: cellAt(activation, c) };
}

export function scheduleRetry(tree: RunTree, event: Of<"retry.scheduled">): void {
  const { run, activation, cell } = takeVerdict(tree, event, event.c);
  cell.status = "waiting";
  cell.due = event.due;
  if (event.retry === 0) cell.waits++;
  else cell.retries = event.retry;
  activation.running++;
  addTimer(tree, { kind: "retry", run: event.run, node: event.node, n: event.n, c: event.c, due: event.due });
  refresh(tree, run, activation);
}

export function dueRetry(tree: RunTree, event: Of<"retry.due">): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node, event.n);
  removeTimer(tree, "retry", event);
  activation.running--;
  startAgain(tree, run, activation, cellAt(activation, event.c));
}

export function chooseFallback(tree: RunTree, event: Of<"fallback.chosen">): void {
  const { run, activation, cell } = takeVerdict(tree, event, event.c);
  if (cell.child >= 0) dropRun(tree, cell.child);
  cell.child = -1;
  cell.fallback = true;
  cell.retries = 0;
  cell.waits = 0;
  cell.crashes = 0;
  cell.effects = undefined;
  startAgain(tree, run, activation, cell);
}

export function failItem(tree: RunTree, event: Of<"item.failed">): void {
  const { run, activation } = takeVerdict(tree, event, event.c);
  activation.failed++;
  refresh(tree, run, activation);
}

/** An item that was settled in another run. */
export function reuseItem(tree: RunTree, event: Of<"item.reused">): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node, event.n);
  const cell = createCell(event.c);
  cell.out = event.out;
  activation.cells.add(cell);
  passOver(activation, event.c);
  finishCell(tree, run, activation, cell);
}
