import type { RunEvent } from "../event.js";
import type { OpenActivation, OpenCell, RunState, RunTree } from "../state.js";
import { noteCheckpoint } from "./checkpoints.js";
import { renewRecovery } from "./recovery-state.js";
import { rollingRun } from "./rollback.js";
import { recallEffects } from "./undo-log.js";

/** Where the kernel asks what a rollback needs. This file may use `cells` and `flow`, never `evolve` or its files. */

export { decideCheckpoint, noteCheckpoint, noteSettled, noteStage } from "./checkpoints.js";
export { noteOutside } from "./outside.js";
export { decideRollback, evolveRollback } from "./rollback.js";
export { noteDone } from "./undo-log.js";

/** A run has started, and all of it is there: that is a checkpoint too. */
export function noteRunStarted(tree: RunTree, run: RunState, event: RunEvent): void {
  noteCheckpoint(tree, run, event);
}

/** A cell begins an attempt or a child run. */
export function noteBegun(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  recallEffects(tree, run, activation, cell);
}

/** Whether the end of an undo is waited for. */
export function isUndoing(tree: RunTree, id: number): boolean {
  return rollingRun(tree, id) !== undefined;
}

/** A run has failed. */
export function noteFailed(run: RunState): void {
  const { recovery } = run;
  recovery.spent = recovery.rollbacks > 0 && !recovery.stopped;
}

/** A failed child run that has no rollback left starts anew when its step is tried again. */
export function isSpent(tree: RunTree, child: number): boolean {
  return tree.runs[child]?.recovery.spent === true;
}

/** A run is resumed, with all its rollbacks again. True: it was rolling back when a run above it stopped, and goes on with that. */
export function noteReopened(tree: RunTree, run: RunState): boolean {
  if (run.status === "rolling") {
    tree.dirty.add(run.index);
    return true;
  }
  renewRecovery(run);
  return false;
}
