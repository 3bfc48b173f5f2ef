import type { Failure } from "../contracts/failure.js";
import type { Cell, RunEvent } from "../kernel/event.js";
import type { CellTrace, RunTrace, Trace } from "./trace.js";
import { beginAttempt, cellOf, settle } from "./trace-cells.js";
import { newQueues, newTriggers } from "./trace-reactions.js";

type Event<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

export function stopClock(trace: Trace, at: number): void {
  if (trace.activeSince !== null) trace.activeMs += Math.max(0, at - trace.activeSince);
  trace.activeSince = null;
}

export function startClock(trace: Trace, at: number): void {
  if (trace.activeSince === null) trace.activeSince = at;
}

export function endRun(trace: Trace, index: number, status: RunTrace["status"], at: number): RunTrace | undefined {
  const run = trace.runs[index];
  if (run === undefined) return undefined;
  run.status = status;
  run.endedAt = at;
  run.endedIn = trace.lastSeq;
  if (index !== 0) return run;
  trace.status = status;
  stopClock(trace, at);
  return run;
}

/** A child run is an attempt of its parent's cell; its end is that attempt's. */
export function endChild(trace: Trace, run: RunTrace | undefined, at: number, failure?: Failure): void {
  if (run === undefined || run.parent === null) return;
  const cell = cellOf(trace, run.parent, at);
  const attempt = cell?.attempts.findLast((one) => one.run === run.index);
  if (cell === undefined || attempt === undefined) return;
  attempt.endedAt = at;
  attempt.endedIn = trace.lastSeq;
  attempt.outcome = failure === undefined ? "succeeded" : "failed";
  cell.status = failure === undefined ? "succeeded" : "failed";
  if (failure === undefined) return;
  attempt.failure = failure;
  cell.failure = failure;
}

export function startRun(trace: Trace, event: Event<"run.started">): void {
  const plan = trace.plan.workflows[event.workflow];
  if (plan === undefined) return;
  const parent = "parent" in event ? event.parent : null;
  trace.runs[event.run] = {
    index: event.run,
    workflow: event.workflow,
    plan,
    parent,
    seq: event.seq,
    startedAt: event.at,
    inputs: "inputs" in event ? event.inputs : {},
    endedAt: null,
    status: "running",
    activations: [],
    units: [],
    carried: [],
    triggers: newTriggers(plan.triggers),
    queues: newQueues(plan.queues.length),
    firings: new Map(),
    undone: new Map(),
    rollbacks: [],
    partial: new Map(),
  };
  if (parent === null) {
    trace.status = "running";
    startClock(trace, event.at);
    return;
  }
  beginChild(trace, parent, event);
}

/** A child run counts as an attempt of the step it runs for. */
function beginChild(
  trace: Trace,
  parent: Cell,
  event: { readonly seq: number; readonly at: number; readonly run: number },
): void {
  const cell = cellOf(trace, parent, event.at);
  beginAttempt(trace, parent, {
    id: event.seq,
    attempt: (cell?.attempts.length ?? 0) + 1,
    ...(cell?.round === undefined ? {} : { round: cell.round }),
    fallback: false,
    startedAt: event.at,
    run: event.run,
    endedAt: null,
    outcome: "running",
  });
}

function reopen(run: RunTrace | undefined): void {
  if (run === undefined) return;
  run.status = "running";
  run.endedAt = null;
  delete run.endedIn;
  delete run.cause;
}

export function resumeRoot(trace: Trace, at: number): void {
  trace.status = "running";
  startClock(trace, at);
  reopen(trace.runs[0]);
  reopenFailed(trace, trace.runs[0]);
}

/** Resuming tries again what stopped the run; child runs that stopped go on without an event of their own. */
function reopenFailed(trace: Trace, run: RunTrace | undefined): void {
  for (const list of run?.activations ?? []) {
    const last = list?.at(-1);
    if (last === undefined || (last.status === "failed" && last.handling === "continue")) continue;
    if (last.status === "failed") {
      last.status = "running";
      last.endedAt = null;
      delete last.failure;
      delete last.handling;
      delete last.reason;
    }
    if (last.status === "running") for (const cell of last.cells.values()) reopenChildOf(trace, cell);
  }
}

function reopenChildOf(trace: Trace, cell: CellTrace): void {
  const attempt = cell.attempts.at(-1);
  const child = trace.runs[attempt?.run ?? -1];
  if (attempt === undefined || child === undefined || child.status === "completed") return;
  // A fallback that failed starts anew instead.
  if (cell.fallbackReason !== undefined) return;
  attempt.endedAt = null;
  attempt.outcome = "running";
  delete attempt.failure;
  delete attempt.decision;
  cell.status = "running";
  delete cell.failure;
  reopen(child);
  reopenFailed(trace, child);
}

export function reopenChild(trace: Trace, event: Event<"run.reopened">): void {
  reopen(trace.runs[event.run]);
  reopenFailed(trace, trace.runs[event.run]);
  beginChild(trace, event.parent, event);
}

/** A cancelled root ends all runs below it. */
export function closeRun(trace: Trace, event: Event<"run.closed">): void {
  endRun(trace, event.run, "cancelled", event.at);
  for (const run of trace.runs) {
    if (run === undefined || (event.run !== 0 && run.index !== event.run)) continue;
    if (run.status === "running") endRun(trace, run.index, "cancelled", event.at);
    if (run.status === "cancelled") cancelOpen(trace, run, event.at);
  }
}

function cancelOpen(trace: Trace, run: RunTrace, at: number): void {
  for (const list of run.activations) {
    for (const one of list ?? []) if (one.status === "running") settle(trace, one, "cancelled", at);
  }
}
