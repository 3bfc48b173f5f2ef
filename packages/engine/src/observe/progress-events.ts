import type { RunStatus } from "../contracts/store.js";
import type { RunEvent } from "../kernel/event.js";
import { failureTag } from "./output-note.js";
import { applyReaction } from "./progress-reactions.js";
import {
  begin,
  carry,
  endAttempt,
  endAttemptsOf,
  isMapped,
  isWhole,
  itemDone,
  noteBegun,
  noteOf,
  type ProgressState,
  queuesBefore,
  settle,
  startAttempt,
  tallyOf,
} from "./progress-state.js";
import type { Tally } from "./tally.js";

/** A settled step of a nested run counts towards the root's step that holds it. */
function countInner(fold: ProgressState, run: number): void {
  const tally = fold.tallies[fold.owner[run] ?? -1];
  if (run !== 0 && tally !== undefined) tally.innerDone = Math.min(tally.innerTotal, tally.innerDone + 1);
}

function innerWhole(fold: ProgressState, at: { readonly run: number; readonly node: number }): boolean {
  const step = fold.plan.workflows[fold.workflow[at.run] ?? 0]?.nodes[at.node]?.step;
  return step?.forEach === undefined && step?.repeat === undefined;
}

export function applyProgress(fold: ProgressState, event: RunEvent): void {
  fold.seq = event.seq;
  if (applyReaction(fold, event)) return;
  switch (event.type) {
    case "run.started":
      startRun(fold, event);
      return;
    case "unit.updated":
      if (event.run !== 0 || event.failure !== undefined) return;
      fold.unitSet[event.node] ||= fold.seq;
      carry(fold, event, event.links);
      return;
    case "attempt.started":
      startAttempt(fold, event.run);
      begin(fold, event, event.at);
      return;
    case "attempt.succeeded":
      attemptSucceeded(fold, event);
      return;
    case "attempt.lost":
    case "attempt.failed":
      endAttempt(fold, event.run);
      return;
    case "activation.started":
    case "activation.measured": {
      const tally = fold.tallies[event.node];
      if (event.run !== 0 || tally === undefined) return;
      noteBegun(fold, tally, event.n, event.at);
      tally.status = "running";
      if (event.type === "activation.measured") tally.count = (tally.count ?? 0) + event.count;
      return;
    }
    case "item.failed":
    case "item.dead":
    case "activation.gathered":
    case "activation.reused":
    case "activation.skipped":
    case "activation.failed":
    case "retry.scheduled":
      applyStep(fold, event);
      return;
    default:
      applyRun(fold, event);
      return;
  }
}

type StepEvent = Extract<
  RunEvent,
  {
    readonly type:
      | "item.failed"
      | "item.dead"
      | "activation.gathered"
      | "activation.reused"
      | "activation.skipped"
      | "activation.failed"
      | "retry.scheduled";
  }
>;

function applyStep(fold: ProgressState, event: StepEvent): void {
  if (fold.plan.workflows[fold.workflow[event.run] ?? 0]?.nodes[event.node]?.kind !== "step") {
    settleUnit(fold, event);
    return;
  }
  const tally = tallyOf(fold, event);
  if (tally === undefined) return;
  if (event.type === "retry.scheduled") {
    tally.retried++;
    tally.remark =
      event.run === 0 && !isMapped(fold, event.node) ? `retry ${event.retry}: ${event.reason}` : tally.remark;
    if (event.run === 0 && !isMapped(fold, event.node)) tally.status = "retrying";
    return;
  }
  if (event.type === "item.failed") {
    itemDone(fold, event, event.at);
    if (event.run === 0) tally.items?.failed.add(event.c);
    return;
  }
  if (event.run !== 0) {
    countInner(fold, event.run);
    return;
  }
  settleStep(fold, tally, event);
}

/** Units and outputs can be skipped, refused or taken over too. */
function settleUnit(fold: ProgressState, event: StepEvent): void {
  if (event.run !== 0 || (event.type === "activation.failed" && event.handling !== "continue")) return;
  fold.unitSet[event.node] ||= fold.seq;
  carry(fold, event, "links" in event ? event.links : []);
}

function settleStep(
  fold: ProgressState,
  tally: Tally,
  event: Exclude<StepEvent, { readonly type: "retry.scheduled" | "item.failed" }>,
): void {
  switch (event.type) {
    case "activation.gathered":
      if (tally.status !== "failed") settle(fold, tally, "succeeded", event, noteOf(fold, event.out));
      carry(fold, event, event.links);
      return;
    case "activation.reused":
      settle(fold, tally, event.status, event, noteOf(fold, event.out));
      tally.cached++;
      carry(fold, event, event.links);
      return;
    case "activation.skipped":
      settle(fold, tally, "skipped", event, event.reason);
      carry(fold, event, []);
      return;
    case "activation.failed":
      settle(fold, tally, "failed", event, `${failureTag(event.failure)} ${event.failure.message}`);
      tally.stopped = event.handling !== "continue";
      if (!tally.stopped) carry(fold, event, []);
      return;
    case "item.dead":
      for (const queue of queuesBefore(fold, event.node)) queue.dead++;
      settle(fold, tally, "failed", event, `dead letter: ${failureTag(event.failure)} ${event.failure.message}`);
      carry(fold, event, []);
  }
}

function attemptSucceeded(fold: ProgressState, event: Extract<RunEvent, { readonly type: "attempt.succeeded" }>): void {
  endAttempt(fold, event.run);
  const tally = tallyOf(fold, event);
  if (tally === undefined) return;
  if (event.cache?.outcome === "hit" && event.run === 0) tally.cached++;
  if (event.run !== 0) {
    if (innerWhole(fold, event)) countInner(fold, event.run);
    return;
  }
  itemDone(fold, event, event.at);
  if (!isWhole(fold, event.node)) return;
  settle(fold, tally, "succeeded", event, noteOf(fold, event.out));
  carry(fold, event, event.links);
}

function startRun(fold: ProgressState, event: Extract<RunEvent, { readonly type: "run.started" }>): void {
  fold.workflow[event.run] = event.workflow;
  if (!("parent" in event)) {
    fold.status = "running";
    fold.startedAt = event.at;
    return;
  }
  const { parent } = event;
  fold.parents[event.run] = parent;
  fold.owner[event.run] = parent.run === 0 ? parent.node : (fold.owner[parent.run] ?? -1);
  const tally = fold.tallies[fold.owner[event.run] ?? -1];
  if (tally !== undefined) tally.innerTotal += fold.plan.workflows[event.workflow]?.steps.length ?? 0;
  begin(fold, parent, event.at);
}

/** Events that concern a whole run. */
function applyRun(fold: ProgressState, event: RunEvent): void {
  if (event.type === "run.reopened") {
    begin(fold, event.parent, event.at);
    return;
  }
  if (event.type === "run.completed" || event.type === "run.failed" || event.type === "run.closed")
    endAttemptsOf(fold, event.run);
  if (event.type === "run.completed" && event.run !== 0) {
    childDone(fold, event.run, event.at);
    return;
  }
  const status = statusAfter(event);
  if (status === undefined) return;
  if (event.type === "run.resumed") for (const tally of fold.tallies) tryAgain(fold, tally);
  fold.status = status;
  fold.endedAt = status === "running" || status === "paused" ? null : event.at;
}

/** Nested steps that stopped go on without an event that says so. */
function tryAgain(fold: ProgressState, tally: Tally | undefined): void {
  if (tally === undefined || tally.status !== "failed" || !tally.stopped) return;
  fold.settled--;
  tally.status = "running";
  tally.endedAt = null;
  tally.remark = "";
}

function childDone(fold: ProgressState, run: number, at: number): void {
  const parent = fold.parents[run];
  if (parent !== undefined) itemDone(fold, parent, at);
}

function statusAfter(event: RunEvent): RunStatus | undefined {
  if ("run" in event && event.run !== 0) return undefined;
  switch (event.type) {
    case "run.paused":
      return "paused";
    case "run.unpaused":
    case "run.resumed":
      return "running";
    case "run.failed":
      return "failed";
    case "run.closed":
      return "cancelled";
    case "run.completed":
      return "completed";
    default:
      return undefined;
  }
}
