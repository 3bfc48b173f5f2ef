import type { Failure } from "../contracts/failure.js";
import { refresh } from "./cells.js";
import type { OpenActivation, OpenCell, RunState, RunTree } from "./state.js";

/**
 * What becomes of a cell when its attempt, child run, round or wait is over. Whoever calls has taken it from the count of those
 * under way.
 */

/** It is tried again at once. */
export function startAgain(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  cell.status = "idle";
  activation.again.push(cell.c);
  refresh(tree, run, activation);
}

/** It failed, and waits for a verdict. */
export function failCell(
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
  const { node, n } = activation;
  run.verdicts.set(`${node}:${n}:${cell.c}`, { node, n, c: cell.c });
  refresh(tree, run, activation);
}

/** It is done and gave `cell.out`: what its activation sends is found out when all its cells are. */
export function finishCell(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  cell.status = "done";
  activation.done++;
  refresh(tree, run, activation);
}
