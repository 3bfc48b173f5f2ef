import type { Failure } from "../contracts/failure.js";
import { failureOf } from "../errors/failure-of.js";
import { answerKey } from "./answer-key.js";
import { failCell, startAgain } from "./cell-turns.js";
import { activationAt, cellAt, stepOf } from "./cells.js";
import type { Cell, Decision, PortValues, RunEvent } from "./event.js";
import { cellKey, findCell } from "./recovery/cell-key.js";
import type { OpenActivation, OpenCell, RunState, RunTree, Timer } from "./state.js";
import { runAt } from "./state.js";
import { addTimer, removeTimer } from "./timers.js";

/*
 * Cells that wait for a moment or for a person. Their attempt is over and holds nothing; they count as under way in their activation, and
 * not as running: neither stop nor pause waits for them. A wait ends by `wait.answered`, by `wait.over` when it is due, or late by the
 * step's `timeout`. Where the step's code asked (the wait has a `name`), the answer is kept beside its effects, and it runs again.
 */

type Ended = (tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell, at: number) => void;

/** The attempt's end is already counted. `succeed` is asked when the question was answered before a rollback. */
export function suspend(
  tree: RunTree,
  place: { readonly run: RunState; readonly activation: OpenActivation; readonly cell: OpenCell },
  event: Extract<RunEvent, { type: "attempt.suspended" }>,
  succeed: Ended,
): void {
  const { run, activation, cell } = place;
  const kept = keptAnswer(tree, place, event);
  if (kept !== undefined) {
    cell.answer = kept;
    cell.out = kept.out;
    return succeed(tree, run, activation, cell, event.at);
  }
  const lateAt = event.at + (stepOf(run, activation.node).timeoutMs ?? Number.POSITIVE_INFINITY);
  const due = Math.min(event.until ?? Number.POSITIVE_INFINITY, lateAt);
  cell.status = "waiting";
  cell.due = due;
  const { ask, name } = event;
  cell.wait = { ask, late: due < (event.until ?? Number.POSITIVE_INFINITY), ...(name === undefined ? {} : { name }) };
  activation.running++;
  const at = { run: run.index, node: activation.node, n: activation.n, c: cell.c };
  if (event.ask !== undefined) tree.recovery.asking.set(`${at.run} ${at.node} ${at.n} ${at.c}`, at);
  if (Number.isFinite(due)) addTimer(tree, { kind: "wait", ...at, due });
  tree.dirty.add(run.index);
}

/** The answer to the same question, given before the work was rolled back: nobody is asked the same twice. */
function keptAnswer(
  tree: RunTree,
  { run, activation, cell }: { readonly run: RunState; readonly activation: OpenActivation; readonly cell: OpenCell },
  { ask, name }: Extract<RunEvent, { type: "attempt.suspended" }>,
): OpenCell["answer"] {
  if (ask === undefined || name !== undefined || tree.recovery.answers.size === 0) return undefined;
  const at = { run: run.index, node: activation.node, n: activation.n, c: cell.c };
  const kept = tree.recovery.answers.get(cellKey(tree, at, cell.round));
  return kept?.question === JSON.stringify(ask) ? kept : undefined;
}

/** `wait.answered` and `wait.over`. False: the event is neither. */
export function evolveWait(tree: RunTree, event: RunEvent, succeed: Ended): boolean {
  if (event.type !== "wait.answered" && event.type !== "wait.over") return false;
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node, event.n);
  const cell = cellAt(activation, event.c);
  const { ask, name } = cell.wait ?? {};
  removeTimer(tree, "wait", event);
  activation.running--;
  cell.wait = undefined;
  if (event.out === undefined) {
    failCell(tree, run, activation, cell, tooLate(run, event), event.at);
    return true;
  }
  if (name !== undefined) {
    cell.effects ??= new Map();
    for (const [part, value] of Object.entries(event.out)) cell.effects.set(answerKey(name, part), value);
    startAgain(tree, run, activation, cell);
    return true;
  }
  if (event.type === "wait.answered" && ask !== undefined)
    cell.answer = { question: JSON.stringify(ask), out: event.out };
  cell.out = event.out;
  succeed(tree, run, activation, cell, event.at);
  return true;
}

function tooLate(run: RunState, { node }: Cell): Failure {
  return failureOf("E_TIMEOUT", { timeoutMs: stepOf(run, node).timeoutMs ?? 0 }, { retryable: false });
}

/** What a wait whose timer is due comes to. */
export function decideWait(run: RunState, { node, n, c, due }: Timer): Decision {
  const at = { run: run.index, node, n, c };
  const moment = { json: new Date(due).toISOString() };
  const cell = cellAt(activationAt(run, node, n), c);
  if (cell.wait?.late !== true) return { type: "wait.over", ...at, late: false, out: { at: moment } };
  const decision = stepOf(run, node).onTimeout;
  const out: PortValues | undefined = decision && { decision, by: { json: "timeout" }, at: moment };
  return { type: "wait.over", ...at, late: true, ...(out && { out }) };
}

/** Whether a cell waits for a person. */
export function isAsking(cell: OpenCell | undefined): boolean {
  return cell?.status === "waiting" && cell.wait?.ask !== undefined;
}

/** Whether the answer is to what the cell asks now. */
export function isAwaited(cell: OpenCell | undefined, { name }: { readonly name?: string }): boolean {
  return isAsking(cell) && cell?.wait?.name === name;
}

/**
 * Nothing of the run goes on before a person has answered: no attempt, delay or moment is under way in it or below it. Costs nothing
 * where nobody is asked.
 */
export function onlyWaiting(tree: RunTree, run: RunState): boolean {
  const { asking } = tree.recovery;
  if (asking.size === 0 || run.status !== "running" || run.running > run.held) return false;
  let asked = false;
  for (const [key, cell] of asking) {
    const at = tree.runs[cell.run];
    if (at === undefined || !isAsking(findCell(at, cell))) asking.delete(key);
    else asked ||= isBelow(tree, cell.run, run.index);
  }
  return asked && !tree.timers.some((timer) => isBelow(tree, timer.run, run.index) && !isForAnswer(tree, timer));
}

function isForAnswer(tree: RunTree, timer: Timer): boolean {
  const run = tree.runs[timer.run];
  return timer.kind === "wait" && run !== undefined && isAsking(findCell(run, timer));
}

function isBelow(tree: RunTree, run: number, top: number): boolean {
  let at: number | undefined = run;
  while (at !== undefined && at !== top) at = tree.runs[at]?.parent?.run;
  return at === top;
}

/** The time of a run does not pass while only people are waited for. Asked after each event. */
export function noteStandstill(tree: RunTree, at: number): void {
  for (const index of tree.timed) {
    const run = runAt(tree, index);
    const { recovery } = run;
    const still = !tree.paused && onlyWaiting(tree, run);
    if (still === recovery.stillSince >= 0) continue;
    if (!still) run.deadline += at - recovery.stillSince;
    recovery.stillSince = still ? at : -1;
  }
}
