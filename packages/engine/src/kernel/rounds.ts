import type { Handle } from "../contracts/handle.js";
import { failureOf } from "../errors/failure-of.js";
import type { PlanRepeat } from "../plan/plan.js";
import { failCell, finishCell, startAgain } from "./cell-turns.js";
import { activationAt, cellAt, stepOf } from "./cells.js";
import type { Cell, Decision, PortValues, RunEvent } from "./event.js";
import { clearErrand, setErrand } from "./flow.js";
import { type OpenActivation, type OpenCell, type RunState, type RunTree, runAt } from "./state.js";

/*
 * Loops. A round is an attempt (or child run) of the cell, with a budget, effects and a key of its own; the activation sends its tokens
 * once, after the last round. After a round its cell is `between` and counts as under way: the host judges the loop's condition, then
 * `round.started` follows, unless the condition holds, a carried output is absent, or `max` rounds are over.
 */

/** A round of a repeating cell has succeeded and gave `cell.out`. It is not counted as under way any more. */
export function afterRound(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell, at: number): void {
  cell.status = "between";
  cell.failedAt = at;
  activation.running++;
  if (repeatOf(run, activation).until === undefined) endRound(tree, run, activation, cell);
  else setErrand(tree, "judge", run, activation.node, activation.n, cell.c);
  tree.dirty.add(run.index);
}

/** `round.judged` and `round.started`. False: the event is neither. */
export function evolveRound(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "round.judged":
      judge(tree, event);
      return true;
    case "round.started":
      startRound(tree, event);
      return true;
    default:
      return false;
  }
}

function placeOf(tree: RunTree, { run: index, node, n, c }: Cell) {
  const run = runAt(tree, index);
  const activation = activationAt(run, node, n);
  return { run, activation, cell: cellAt(activation, c) };
}

function judge(tree: RunTree, event: Extract<RunEvent, { type: "round.judged" }>): void {
  const { run, activation, cell } = placeOf(tree, event);
  clearErrand(tree, "judge", run, event.node, event.n, event.c);
  if (event.failure !== undefined) failRound(tree, run, activation, cell, event.failure);
  else if (event.stop) endLoop(tree, run, activation, cell);
  else endRound(tree, run, activation, cell);
  tree.dirty.add(run.index);
}

/** The condition did not hold, or there is none: another round, if there may be one. */
function endRound(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  const repeat = repeatOf(run, activation);
  const { max, until } = repeat;
  if (carried(repeat, cell) === undefined) return endLoop(tree, run, activation, cell);
  if (cell.round < max) {
    run.between.set(`${activation.node}:${activation.n}:${cell.c}`, {
      run: run.index,
      node: activation.node,
      n: activation.n,
      c: cell.c,
    });
    return;
  }
  if (repeat.onMax === "accept" || until === undefined) return endLoop(tree, run, activation, cell);
  failRound(tree, run, activation, cell, failureOf("E_LOOP_MAX", { max, until }, { retryable: false }));
}

function endLoop(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  activation.running--;
  finishCell(tree, run, activation, cell);
}

function failRound(
  tree: RunTree,
  run: RunState,
  activation: OpenActivation,
  cell: OpenCell,
  failure: ReturnType<typeof failureOf>,
): void {
  cell.out = undefined;
  activation.running--;
  failCell(tree, run, activation, cell, failure, cell.failedAt);
}

function repeatOf(run: RunState, activation: OpenActivation): PlanRepeat {
  return stepOf(run, activation.node).repeat ?? { max: 1, carry: [], onMax: "accept" };
}

/** What the next round gets from the last one, by input port; undefined when something of it is absent. */
function carried(repeat: PlanRepeat, cell: OpenCell): PortValues | undefined {
  const values: { [port: string]: Handle } = {};
  for (const { output, input } of repeat.carry) {
    const value = cell.out?.[output];
    if (value === undefined) return undefined;
    values[input] = value;
  }
  return values;
}

/** The next round that is to begin. */
export function decideRound(run: RunState): Decision | undefined {
  for (const at of run.between.values()) {
    const cell = cellAt(activationAt(run, at.node, at.n), at.c);
    return { type: "round.started", ...at, round: cell.round + 1 };
  }
  return undefined;
}

function startRound(tree: RunTree, event: Extract<RunEvent, { type: "round.started" }>): void {
  const { run, activation, cell } = placeOf(tree, event);
  run.between.delete(`${event.node}:${event.n}:${event.c}`);
  cell.carried = carried(repeatOf(run, activation), cell);
  cell.round = event.round;
  cell.out = undefined;
  cell.child = -1;
  cell.fallback = false;
  cell.retries = 0;
  cell.waits = 0;
  cell.crashes = 0;
  cell.effects = undefined;
  cell.answer = undefined;
  activation.running--;
  startAgain(tree, run, activation, cell);
}
