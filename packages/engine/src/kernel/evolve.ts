import { nanobrainError } from "../errors/nanobrain-error.js";
import { emit, relieve } from "./emits.js";
import type { RunEvent } from "./event.js";
import {
  chooseFallback,
  dueRetry,
  failAttempt,
  failItem,
  feedHungry,
  loseAttempt,
  openFor,
  recordEffect,
  reuseItem,
  scheduleRetry,
  startActivation,
  startAttempt,
  succeedAttempt,
  succeedCell,
  suspendAttempt,
} from "./evolve-attempts.js";
import { failActivation, gather, measure, reuse, skip, updateUnit } from "./evolve-endings.js";
import {
  closeRun,
  completeRun,
  failRun,
  finishTree,
  pauseTree,
  reachStage,
  reopenChild,
  resumeTree,
  startTree,
  unpauseTree,
} from "./evolve-runs.js";
import { closeLinks, collectUnit, setUnit } from "./evolve-units.js";
import { buryItems } from "./queues/dead-items.js";
import { feedQueues, growQueue } from "./queues/hooks.js";
import { evolveRollback, noteCheckpoint, noteOutside } from "./recovery/hooks.js";
import { evolveRound } from "./rounds.js";
import { type RunTree, runAt } from "./state.js";
import { withUrgency } from "./topology.js";
import { evolveTrigger } from "./triggers/hooks.js";
import { evolveWait, noteStandstill } from "./waits.js";

/**
 * Folds one event into the state, in place. Total over journals that `decide` and the host wrote in order; an event out
 * of order is a damaged journal and throws E_INTERNAL before anything changes.
 */
export function evolve(tree: RunTree, event: RunEvent): void {
  if (event.seq !== tree.seq + 1) {
    throw nanobrainError("E_INTERNAL", { what: `event ${event.seq} after event ${tree.seq}` });
  }
  tree.seq = event.seq;
  if (tree.recovery.restorable) noteOutside(tree, event);
  fold(tree, event);
  if (tree.timed.size > 0) noteStandstill(tree, event.at);
}

/** Also for what came from outside before a rollback and is applied again. */
function fold(tree: RunTree, event: RunEvent): void {
  // What happens most is looked at first.
  if (event.type === "attempt.started") startAttempt(tree, event);
  else if (event.type === "attempt.succeeded") succeedAttempt(tree, event);
  else if (!foldOther(tree, event)) throw nanobrainError("E_INTERNAL", { what: `unknown event ${event.type}` });
  const run = "run" in event ? tree.runs[event.run] : undefined;
  if (run === undefined) return;
  if (run.queues.length > 0) feedQueues(tree, run);
  if (run.heldBack.size > 0) relieve(tree, run);
}

function foldOther(tree: RunTree, event: RunEvent): boolean {
  return (
    evolveActivation(tree, event) ||
    evolveAttempt(tree, event) ||
    evolveRun(tree, event) ||
    evolveTree(tree, event) ||
    evolveReaction(tree, event)
  );
}

function orderByUrgency(tree: RunTree, urgency: readonly (readonly number[])[]): void {
  tree.topologies = tree.topologies.map((topology, index) => withUrgency(topology, urgency[index]));
}

/** What concerns the tree as a whole. */
function evolveTree(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "run.created":
      tree.id = event.id;
      tree.name = event.name;
      tree.createdAt = event.at;
      if (event.urgency !== undefined) orderByUrgency(tree, event.urgency);
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
    case "run.finished":
      finishTree(tree);
      return true;
    case "run.released":
    case "run.taken":
    case "warning.raised":
    case "hook.ended":
      feedHungry(tree);
      return true;
    default:
      return false;
  }
}

function evolveRun(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "run.started":
      startTree(tree, event);
      return true;
    case "run.reopened":
      reopenChild(tree, event.run, event.parent, event.at);
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
      completeRun(tree, runAt(tree, event.run), event.at);
      return true;
    case "run.closing":
      closeRun(runAt(tree, event.run));
      tree.dirty.add(event.run);
      return true;
    case "checkpoint.taken":
      noteCheckpoint(tree, runAt(tree, event.run), event);
      tree.dirty.add(event.run);
      return true;
    case "stage.reached":
      reachStage(tree, runAt(tree, event.run), event.stage);
      return true;
    default:
      return false;
  }
}

function evolveQueue(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "queue.grown":
      growQueue(tree, runAt(tree, event.run), event.queue, event.capacity);
      return true;
    case "item.dead":
      buryActivation(tree, event);
      return true;
    default:
      return false;
  }
}

/** The activation's items are dead letters; it goes on as one that failed under `continue`. */
function buryActivation(tree: RunTree, event: Extract<RunEvent, { type: "item.dead" }>): void {
  const run = runAt(tree, event.run);
  const activation = openFor(tree, run, event, event.at);
  buryItems(tree, run, event, event.failure, activation.cells.get(0)?.attempts ?? 0);
  failActivation(tree, { ...event, handling: "continue" });
}

/** Triggers, queues, rounds, waits and rollbacks. */
function evolveReaction(tree: RunTree, event: RunEvent): boolean {
  return (
    evolveTrigger(tree, event) ||
    evolveQueue(tree, event) ||
    evolveRound(tree, event) ||
    evolveWait(tree, event, succeedCell) ||
    evolveRollback(tree, event, (outside) => fold(tree, outside))
  );
}

function evolveActivation(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "unit.updated":
      updateUnit(tree, event);
      return true;
    case "unit.set":
      setUnit(tree, event);
      return true;
    case "unit.collected":
      collectUnit(tree, event);
      return true;
    case "link.closed":
      closeLinks(tree, event);
      return true;
    case "activation.started":
      startActivation(tree, event);
      return true;
    case "activation.measured":
      measure(tree, event);
      return true;
    case "activation.gathered":
      gather(tree, event);
      return true;
    case "activation.skipped":
      skip(tree, event);
      return true;
    case "activation.failed":
      failActivation(tree, event);
      return true;
    case "activation.reused":
      reuse(tree, event);
      return true;
    default:
      return false;
  }
}

function evolveAttempt(tree: RunTree, event: RunEvent): boolean {
  switch (event.type) {
    case "attempt.failed":
      failAttempt(tree, event);
      return true;
    case "attempt.lost":
      loseAttempt(tree, event);
      return true;
    case "attempt.emitted":
      emit(tree, event);
      return true;
    case "attempt.suspended":
      suspendAttempt(tree, event);
      return true;
    case "item.reused":
      reuseItem(tree, event);
      return true;
    case "effect.recorded":
      recordEffect(tree, event);
      return true;
    case "retry.scheduled":
      scheduleRetry(tree, event);
      return true;
    case "retry.due":
      dueRetry(tree, event);
      return true;
    case "fallback.chosen":
      chooseFallback(tree, event);
      return true;
    case "item.failed":
      failItem(tree, event);
      return true;
    default:
      return false;
  }
}
