import { nanobrainError } from "../errors/nanobrain-error.js";
import { openActivation } from "./cells.js";
import type { RunEvent } from "./event.js";
import {
  chooseFallback,
  dueRetry,
  failActivation,
  failAttempt,
  failItem,
  feedHungry,
  gather,
  loseAttempt,
  measure,
  recordEffect,
  reuse,
  scheduleRetry,
  skip,
  startAttempt,
  succeedAttempt,
  updateUnit,
} from "./evolve-attempts.js";
import {
  completeRun,
  failRun,
  pauseTree,
  reachStage,
  reopenChild,
  resumeTree,
  startChild,
  startRun,
  unpauseTree,
} from "./evolve-runs.js";
import { withdraw } from "./flow.js";
import { type RunTree, runAt } from "./state.js";

/**
 * Folds one event into the state, in place. Total over journals that `decide` and the host wrote in order; an event out
 * of order is a damaged journal and throws E_INTERNAL before anything changes.
 */
export function evolve(tree: RunTree, event: RunEvent): void {
  if (event.seq !== tree.seq + 1) {
    throw nanobrainError("E_INTERNAL", { what: `event ${event.seq} after event ${tree.seq}` });
  }
  tree.seq = event.seq;
  if (!evolveRun(tree, event)) evolveStep(tree, event);
}

function evolveRun(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "run.created":
      tree.id = event.id;
      tree.name = event.name;
      tree.createdAt = event.at;
      return true;
    case "run.started":
      startTree(tree, event);
      return true;
    case "run.reopened":
      reopenChild(tree, event.run, event.parent, event.at);
      return true;
    case "run.paused":
      pauseTree(tree, event.at);
      return true;
    case "run.unpaused":
      unpauseTree(tree, event.at);
      return true;
    case "run.resumed":
      resumeTree(tree, event.at);
      return true;
    case "run.cancelled":
      tree.cancelled = true;
      return true;
    case "run.closed":
      runAt(tree, event.run).status = "cancelled";
      tree.ended = true;
      return true;
    case "run.stopping": {
      const run = runAt(tree, event.run);
      run.status = "stopping";
      run.cause = event.cause;
      tree.dirty.add(event.run);
      return true;
    }
    case "run.failed":
      failRun(tree, runAt(tree, event.run), event.cause, event.at);
      return true;
    case "run.completed":
      completeRun(tree, runAt(tree, event.run));
      return true;
    case "stage.reached":
      reachStage(tree, runAt(tree, event.run), event.stage);
      return true;
    case "run.released":
    case "run.taken":
    case "warning.raised":
      feedHungry(tree);
      return true;
    default:
      return false;
  }
}

function startTree(tree: RunTree, event: Extract<RunEvent, { type: "run.started" }>): void {
  if ("parent" in event) {
    startChild(tree, event.workflow, event.parent, event.at);
    return;
  }
  tree.startedAt = event.at;
  startRun(tree, 0, null, event.inputs, event.at);
}

function evolveStep(tree: RunTree, event: RunEvent): void {
  switch (event.type) {
    case "unit.updated":
      return updateUnit(tree, event);
    case "activation.started": {
      const run = runAt(tree, event.run);
      openActivation(tree, run, event.node);
      return withdraw(run, event.node);
    }
    case "activation.measured":
      return measure(tree, event);
    case "activation.gathered":
      return gather(tree, event);
    case "activation.skipped":
      return skip(tree, event);
    case "activation.failed":
      return failActivation(tree, event);
    case "activation.reused":
      return reuse(tree, event);
    case "attempt.started":
      return startAttempt(tree, event);
    case "attempt.succeeded":
      return succeedAttempt(tree, event);
    case "attempt.failed":
      return failAttempt(tree, event);
    case "attempt.lost":
      return loseAttempt(tree, event);
    case "effect.recorded":
      return recordEffect(tree, event);
    case "retry.scheduled":
      return scheduleRetry(tree, event);
    case "retry.due":
      return dueRetry(tree, event);
    case "fallback.chosen":
      return chooseFallback(tree, event);
    case "item.failed":
      return failItem(tree, event);
    default:
      throw nanobrainError("E_INTERNAL", { what: `unknown event ${event.type}` });
  }
}
