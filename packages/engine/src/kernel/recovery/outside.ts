import type { RunEvent } from "../event.js";
import type { RunState, RunTree } from "../state.js";
import { isAwaited } from "../waits.js";
import { findCell } from "./cell-key.js";
import { restorableFrom } from "./undo-log.js";

/*
 * A rollback undoes what the run did, not what the outside said: it is applied again, in its order.
 */

/** Keeps what came from outside with all runs that may be rolled back behind it. Asked before the event is folded. */
export function noteOutside(tree: RunTree, event: RunEvent): void {
  if (!tree.recovery.restorable || !isOutside(tree, event)) return;
  const run = tree.runs[runOf(event)];
  if (run === undefined) return;
  for (const keeper of restorableFrom(tree, run)) keeper.recovery.outside.push(event);
}

/** Firings of data, conditions and other triggers follow from the run, which will come to them again. */
function isOutside(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "unit.set":
    case "run.finished":
    case "wait.answered":
    case "trigger.armed":
    case "trigger.evaluated":
    case "trigger.failed":
      return true;
    case "trigger.fired": {
      const kind = tree.runs[event.run]?.workflow.triggers[event.trigger]?.kind;
      return kind === "manual" || kind === "folder" || kind === "timer";
    }
    default:
      return false;
  }
}

function runOf(event: RunEvent): number {
  return "run" in event ? event.run : 0;
}

/** Applies to a run that was just restored, and to those below it, what came from outside since. What nobody waits for any more is dropped. */
export function applyOutside(tree: RunTree, run: RunState, apply: (event: RunEvent) => void): void {
  for (const event of run.recovery.outside) {
    const target = tree.runs[runOf(event)];
    if (target === undefined || !isWaitedFor(target, event)) continue;
    for (const keeper of restorableFrom(tree, target)) {
      if (keeper === run) break;
      keeper.recovery.outside.push(event);
    }
    apply(event);
  }
}

function isWaitedFor(run: RunState, event: RunEvent): boolean {
  return event.type !== "wait.answered" || isAwaited(findCell(run, event), event);
}
