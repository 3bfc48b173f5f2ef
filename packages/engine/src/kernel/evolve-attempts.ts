import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { failureOf } from "../errors/failure-of.js";
import {
  activationAt,
  beginCell,
  cellAt,
  countRunning,
  dropChildren,
  dropRun,
  openActivation,
  refresh,
  stepOf,
} from "./cells.js";
import type { Activation, Cell, Finding, PortValues, RunEvent } from "./event.js";
import { clearErrand, send, setErrand, settle, withdraw } from "./flow.js";
import {
  FAILED,
  type OpenActivation,
  type OpenCell,
  type RunState,
  type RunTree,
  runAt,
  SKIPPED,
  SUCCEEDED,
  type Timer,
} from "./state.js";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** Times an attempt of the user's own code may take its process with it before it counts as failed. */
const CRASHES_ALLOWED = 2;

export function startAttempt(tree: RunTree, event: Of<"attempt.started">): void {
  const run = runAt(tree, event.run);
  const activation = openActivation(tree, run, event.node);
  const cell = beginCell(activation, event.c);
  cell.id = event.seq;
  countRunning(tree, run, 1);
  refresh(tree, run, activation);
}

/** The cell of an attempt that has just ended, whatever the end. */
function endAttempt(tree: RunTree, event: Cell): { run: RunState; activation: OpenActivation; cell: OpenCell } {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node);
  activation.running--;
  // Runs that were refused are looked at before the run whose attempt made room.
  feedHungry(tree);
  countRunning(tree, run, -1);
  return { run, activation, cell: cellAt(activation, event.c) };
}

export function feedHungry(tree: RunTree): void {
  for (const index of tree.hungry) tree.dirty.add(index);
  tree.hungry.clear();
}

export function succeedAttempt(tree: RunTree, event: Of<"attempt.succeeded">): void {
  const { run, activation, cell } = endAttempt(tree, event);
  cell.status = "done";
  activation.done++;
  if (stepOf(run, event.node).forEach === undefined) close(tree, run, event.node, SUCCEEDED, event.out, event.links);
  else {
    cell.out = event.out;
    refresh(tree, run, activation);
  }
}

export function failAttempt(tree: RunTree, event: Of<"attempt.failed">): void {
  const { run, activation, cell } = endAttempt(tree, event);
  cell.links = event.links;
  cell.jitter = event.jitter;
  failCell(tree, run, activation, cell, event.failure, event.at);
}

function failCell(
  tree: RunTree,
  run: RunState,
  activation: OpenActivation,
  cell: OpenCell,
  failure: Failure,
  at: number,
): void {
  cell.status = "failed";
  cell.failure = failure;
  cell.failedAt = at;
  activation.pending++;
  run.verdicts.set(`${activation.node}:${cell.c}`, { node: activation.node, c: cell.c });
  refresh(tree, run, activation);
}

/** The engine's own steps cannot take the process with them, so only the user's code is ever blamed for it. */
export function loseAttempt(tree: RunTree, event: Of<"attempt.lost">): void {
  const { run, activation, cell } = endAttempt(tree, event);
  const step = stepOf(run, event.node);
  const own = (cell.fallback ? step.fallback : step.component)?.module !== undefined;
  if (event.cause === "crash" && own) cell.crashes++;
  if (cell.crashes >= CRASHES_ALLOWED) {
    const failure = failureOf("E_POISON", { crashes: cell.crashes }, { retryable: false });
    failCell(tree, run, activation, cell, failure, event.at);
    return;
  }
  again(tree, run, activation, cell);
}

function again(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  cell.status = "idle";
  activation.again.push(cell.c);
  refresh(tree, run, activation);
}

export function recordEffect(tree: RunTree, event: Of<"effect.recorded">): void {
  const cell = cellAt(activationAt(runAt(tree, event.run), event.node), event.c);
  cell.effects ??= new Map();
  cell.effects.set(event.name, event.value);
}

function takeVerdict(
  tree: RunTree,
  at: Activation,
  c: number,
): { run: RunState; activation: OpenActivation; cell: OpenCell } {
  const run = runAt(tree, at.run);
  const activation = activationAt(run, at.node);
  if (run.verdicts.delete(`${at.node}:${c}`)) activation.pending--;
  return { run, activation, cell: cellAt(activation, c) };
}

export function scheduleRetry(tree: RunTree, event: Of<"retry.scheduled">): void {
  const { run, activation, cell } = takeVerdict(tree, event, event.c);
  cell.status = "waiting";
  cell.due = event.due;
  if (event.retry === 0) cell.waits++;
  else cell.retries = event.retry;
  activation.running++;
  addTimer(tree, { run: event.run, node: event.node, n: event.n, c: event.c, due: event.due });
  refresh(tree, run, activation);
}

function addTimer(tree: RunTree, timer: Timer): void {
  let low = 0;
  let high = tree.timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tree.timers[middle]?.due ?? 0) <= timer.due) low = middle + 1;
    else high = middle;
  }
  tree.timers.splice(low, 0, timer);
}

export function dueRetry(tree: RunTree, event: Of<"retry.due">): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node);
  const at = tree.timers.findIndex(
    (timer) => timer.run === event.run && timer.node === event.node && timer.c === event.c,
  );
  if (at >= 0) tree.timers.splice(at, 1);
  activation.running--;
  again(tree, run, activation, cellAt(activation, event.c));
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
  again(tree, run, activation, cell);
}

export function failItem(tree: RunTree, event: Of<"item.failed">): void {
  const { run, activation } = takeVerdict(tree, event, event.c);
  activation.failed++;
  refresh(tree, run, activation);
}

export function measure(tree: RunTree, event: Of<"activation.measured">): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node);
  clearErrand(tree, "measure", run, event.node);
  if (event.failure === undefined) activation.count = event.count;
  else awaitVerdict(run, activation, event.failure);
  refresh(tree, run, activation);
}

function awaitVerdict(run: RunState, activation: OpenActivation, failure: Failure): void {
  activation.failure = failure;
  run.verdicts.set(`${activation.node}:-1`, { node: activation.node, c: -1 });
}

export function gather(tree: RunTree, event: Of<"activation.gathered">): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node);
  clearErrand(tree, "gather", run, event.node);
  if (activation.closing) {
    close(tree, run, event.node, FAILED, event.out, event.links);
    return;
  }
  if (event.failure !== undefined) {
    awaitVerdict(run, activation, event.failure);
    tree.dirty.add(run.index);
    return;
  }
  const allowed = stepOf(run, event.node).forEach?.maxFailures ?? 0;
  if (activation.failed <= allowed) {
    close(tree, run, event.node, SUCCEEDED, event.out, event.links);
    return;
  }
  activation.out = event.out;
  activation.links = event.links;
  const details = { failed: activation.failed, count: activation.count, allowed };
  const first = [...activation.cells.values()].find((cell) => cell.failure !== undefined)?.failure;
  awaitVerdict(run, activation, failureOf("E_TOO_MANY_FAILED", details, first === undefined ? {} : { cause: first }));
  tree.dirty.add(run.index);
}

/** Settles an open activation and sends its tokens. */
function close(
  tree: RunTree,
  run: RunState,
  node: number,
  status: number,
  out: PortValues,
  links: readonly Finding[],
): void {
  const activation = run.open.get(node);
  if (activation !== undefined) {
    if (stepOf(run, node).workflow !== undefined) dropChildren(tree, activation);
    run.open.delete(node);
    run.busy--;
  }
  settle(tree, run, node, status);
  send(tree, run, node, out, links);
}

export function reuse(tree: RunTree, event: Of<"activation.reused">): void {
  const status = { succeeded: SUCCEEDED, skipped: SKIPPED, failed: FAILED }[event.status];
  const run = runAt(tree, event.run);
  clearErrand(tree, "unit", run, event.node);
  keepOutput(run, event.node, event.out["value"]);
  close(tree, run, event.node, status, event.out, event.links);
}

export function skip(tree: RunTree, event: Of<"activation.skipped">): void {
  close(tree, runAt(tree, event.run), event.node, SKIPPED, {}, []);
}

/** A unit or output took its tokens; a value its schema refuses is a failure of the unit. */
export function updateUnit(tree: RunTree, event: Of<"unit.updated">): void {
  const run = runAt(tree, event.run);
  clearErrand(tree, "unit", run, event.node);
  if (event.failure !== undefined) {
    run.stuck.delete(event.node);
    run.verdicts.set(`${event.node}:-1`, { node: event.node, c: -1, failure: event.failure });
    tree.dirty.add(run.index);
    return;
  }
  keepOutput(run, event.node, event.value);
  close(tree, run, event.node, SUCCEEDED, event.value === undefined ? {} : { value: event.value }, event.links);
}

function keepOutput(run: RunState, node: number, value: Handle | undefined): void {
  if (value !== undefined && run.workflow.nodes[node]?.kind === "output") run.outputs.set(node, value);
}

export function failActivation(tree: RunTree, event: Of<"activation.failed">): void {
  const run = runAt(tree, event.run);
  const activation = run.open.get(event.node);
  const cell = activation?.cells.get(0);
  const step = run.workflow.nodes[event.node]?.step;
  const links = step?.forEach === undefined ? cell?.links : activation?.links;
  for (const c of [-1, 0]) if (run.verdicts.delete(`${event.node}:${c}`) && c === 0 && activation) activation.pending--;
  if (event.handling !== "continue") stopAt(tree, run, event.node, activation, event.failure);
  else if (step?.errorLinked === true && links === undefined) askForError(tree, run, event.node, event.failure);
  else close(tree, run, event.node, FAILED, activation?.out ?? {}, links ?? []);
}

/** Failures that no attempt of its own brought have links to be looked at: the host gathers the `error` port alone. */
function askForError(tree: RunTree, run: RunState, node: number, failure: Failure): void {
  const activation = openActivation(tree, run, node);
  run.barren.delete(node);
  withdraw(run, node);
  clearErrand(tree, "measure", run, node);
  activation.failure = failure;
  activation.closing = true;
  setErrand(tree, "gather", run, node);
  tree.dirty.add(run.index);
}

/** Under `stop` the failed activation stays open, so that a resume can try it again. */
function stopAt(
  tree: RunTree,
  run: RunState,
  node: number,
  activation: OpenActivation | undefined,
  failure: Failure,
): void {
  if (activation === undefined) {
    run.barren.delete(node);
    run.stuck.add(node);
  } else {
    activation.failure = failure;
    activation.halted = true;
    run.busy--;
    refresh(tree, run, activation);
  }
  run.status = "stopping";
  run.cause = failure;
  tree.dirty.add(run.index);
}
