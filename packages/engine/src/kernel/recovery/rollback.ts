import type { Failure } from "../../contracts/failure.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { PlanRecovery } from "../../plan/plan.js";
import { countRunning } from "../cells.js";
import { letHeldGo } from "../emits.js";
import type { Decision, RunEvent } from "../event.js";
import { type RunState, type RunTree, runAt } from "../state.js";
import { beginGeneration } from "./cell-key.js";
import { restore } from "./restore.js";
import { nextUndo } from "./undo-log.js";

/*
 * A rollback: `rollback.started` (attempts below are aborted), `undo.started` and `undo.ended` for each `on_rollback`, newest first,
 * then `run.rolledback`. Counts of rollbacks, pause, clock and journal numbers are never restored.
 */

/** Whether and how a failure that is out of retries and fallback takes its run back to its last checkpoint. */
export function rollbackFor(
  run: RunState,
  recovery: PlanRecovery,
  failure: Failure,
  from: "child" | "step",
): Decision | undefined {
  const { checkpoint, rollbacks } = run.recovery;
  const stop = recovery.handling === "retry" && recovery.rollbackOnFailure;
  if (checkpoint === undefined || isLasting(failure) || !(stop || recovery.handling === "rollback")) return undefined;
  if (!stop && (rollbacks >= recovery.maxRetries || (from === "child" && !recovery.own))) return undefined;
  return { type: "rollback.started", run: run.index, to: checkpoint.to, cause: failure, stop };
}

/** Doing the same again would fail the same. */
function isLasting(failure: Failure): boolean {
  if (failure.code === "E_TOO_MANY_FAILED" && failure.cause !== undefined) return isLasting(failure.cause);
  return failure.kind === "data_validation" || failure.kind === "configuration";
}

/** Of a run that rolls back: waits for its attempts, then for each undo in turn. */
export function decideRollback(_tree: RunTree, run: RunState): Decision | undefined {
  const { rolling, rollbacks } = run.recovery;
  if (rolling === undefined || run.running > 0) return undefined;
  const entry = nextUndo(run);
  if (entry === undefined) return { type: "run.rolledback", run: run.index, to: rolling.to, rollbacks };
  return { type: "undo.started", ...entry.cell, rolling: run.index };
}

/** `apply` folds an event of the outside again. False: the event is none of a rollback. */
export function evolveRollback(tree: RunTree, event: RunEvent, apply: (event: RunEvent) => void): boolean {
  switch (event.type) {
    case "rollback.started":
      startRollback(tree, runAt(tree, event.run), event);
      return true;
    case "undo.started":
      startUndo(tree, runAt(tree, event.rolling), event.seq);
      return true;
    case "undo.ended":
      endUndo(tree, event.id);
      return true;
    case "run.rolledback":
      restore(tree, runAt(tree, event.run), event.at, apply);
      return true;
    default:
      return false;
  }
}

function startRollback(
  tree: RunTree,
  run: RunState,
  { to, cause, stop }: Extract<RunEvent, { type: "rollback.started" }>,
): void {
  letHeldGo(tree, run);
  run.status = "rolling";
  run.recovery.rollbacks++;
  run.recovery.stopped = stop;
  run.recovery.rolling = { to, cause, stop, undoing: undefined };
  tree.dirty.add(run.index);
}

function startUndo(tree: RunTree, run: RunState, id: number): void {
  const entry = nextUndo(run);
  if (run.recovery.rolling === undefined || entry === undefined)
    throw nanobrainError("E_INTERNAL", { what: `nothing to undo in run ${run.index}` });
  run.recovery.rolling.undoing = { id, entry };
  countRunning(tree, run, 1);
}

function endUndo(tree: RunTree, id: number): void {
  const run = rollingRun(tree, id);
  const { rolling } = run?.recovery ?? {};
  if (run === undefined || rolling?.undoing === undefined) return;
  const { entry } = rolling.undoing;
  entry.undone = true;
  beginGeneration(tree, entry.key);
  rolling.undoing = undefined;
  countRunning(tree, run, -1);
}

/** The run for whose rollback the undo with this event number is under way. */
export function rollingRun(tree: RunTree, id: number): RunState | undefined {
  return tree.runs.find((run) => run?.recovery.rolling?.undoing?.id === id);
}
