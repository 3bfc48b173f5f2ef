import type { Json } from "../contracts/json.js";
import type { PortValues, RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { type ActivationTrace, emptyTrace, type Trace } from "./trace.js";
import { activationOf, carry, cellOf, decided, endAttempt, isMapped, isWhole, settle } from "./trace-cells.js";
import { applyTrigger, countDead } from "./trace-reactions.js";
import { endRollback, endUndo, startRollback, startUndo } from "./trace-rollback.js";
import { closeRun, endChild, endRun, reopenChild, resumeRoot, startClock, startRun, stopClock } from "./trace-runs.js";
import { applyToUnit } from "./trace-units.js";
import { beginStep, emit, endWait, judgeRound, startRound, suspend } from "./trace-waits.js";
import { closeLinks, growQueue, warnOfHook } from "./trace-warnings.js";

type Event<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
type Appliers = { readonly [T in RunEvent["type"]]?: (trace: Trace, event: Event<T>) => void };

/** Lays out a journal. Events of unknown nodes or runs (of a plan that is not the journal's) are passed over. */
export function traceRun(plan: Plan, events: Iterable<RunEvent>): Trace {
  const trace = emptyTrace(plan);
  for (const event of events) applyToTrace(trace, event);
  return trace;
}

/** Folds one event in place. */
export function applyToTrace(trace: Trace, event: RunEvent): void {
  trace.lastSeq = event.seq;
  (appliers[event.type] as ((trace: Trace, event: RunEvent) => void) | undefined)?.(trace, event);
  trace.lastAt = event.at;
}

function fail(trace: Trace, event: Event<"activation.failed">): void {
  if (applyToUnit(trace, event)) return;
  const activation = activationOf(trace, event, event.at);
  if (activation === undefined) return;
  settle(trace, activation, "failed", event.at);
  Object.assign(activation, { failure: event.failure, handling: event.handling, reason: event.reason });
  const { at, handling, reason } = event;
  const cell = activation.cells.get(0);
  if (cell !== undefined && isMapped(trace, event) === false) {
    decided(trace, { ...event, c: 0 }, at, { kind: "failed", at, handling, reason });
    cell.status = "failed";
    cell.failure = event.failure;
  }
  if (handling !== "continue") return;
  activation.out = { error: { json: event.failure as unknown as Json } };
  carry(trace, event, cell?.attempts.at(-1)?.errorLinks ?? [], at);
}

/** What was emitted stays. */
function give(activation: ActivationTrace, out: PortValues): void {
  activation.out = activation.emits === undefined ? out : { ...activation.out, ...out };
}

function bury(trace: Trace, event: Event<"item.dead">): void {
  const activation = activationOf(trace, event, event.at);
  if (activation === undefined) return;
  const { at, failure } = event;
  settle(trace, activation, "failed", at);
  Object.assign(activation, { failure, handling: "continue", reason: "its item is a dead letter" });
  const cell = activation.cells.get(0);
  if (cell !== undefined && !isMapped(trace, event)) {
    decided(trace, { ...event, c: 0 }, at, { kind: "dead_letter", at });
    cell.status = "failed";
    cell.failure = failure;
  }
  countDead(trace.runs[event.run], event.node);
  carry(trace, event, cell?.attempts.at(-1)?.errorLinks ?? [], at);
}

const appliers: Appliers = {
  "run.created"(trace, event) {
    trace.id = event.id;
    trace.name = event.name;
    trace.planHash = event.plan;
    trace.createdAt = event.at;
    trace.phases = event.phases;
    trace.options = event.options;
    if (event.forked !== undefined) trace.forked = event.forked;
  },
  "run.started": startRun,
  "unit.updated"(trace, event) {
    applyToUnit(trace, event);
  },
  "activation.started"(trace, event) {
    activationOf(trace, event, event.at);
  },
  "activation.measured"(trace, event) {
    const activation = activationOf(trace, event, event.at);
    if (activation !== undefined) activation.count = event.count;
  },
  "activation.skipped"(trace, event) {
    if (applyToUnit(trace, event)) return;
    const activation = activationOf(trace, event, event.at);
    if (activation === undefined) return;
    activation.skipped = { port: event.port, reason: event.reason };
    settle(trace, activation, "skipped", event.at);
    carry(trace, event, [], event.at);
  },
  "attempt.started"(trace, event) {
    beginStep(trace, event);
  },
  "attempt.succeeded"(trace, event) {
    const cell = cellOf(trace, event, event.at);
    if (cell === undefined) return;
    const { usage, cache } = event;
    endAttempt(trace, cell, event.id, event.at, {
      outcome: "succeeded",
      ...(usage === undefined ? {} : { usage }),
      ...(cache === undefined ? {} : { cache }),
    });
    cell.status = "succeeded";
    cell.out = event.out;
    const activation = activationOf(trace, event, event.at);
    if (activation === undefined || !isWhole(trace, event)) return;
    settle(trace, activation, "succeeded", event.at);
    give(activation, event.out);
    carry(trace, event, event.links, event.at);
  },
  "attempt.failed"(trace, event) {
    const cell = cellOf(trace, event, event.at);
    if (cell === undefined) return;
    const { usage, failure, links } = event;
    const ended = { outcome: "failed", failure, errorLinks: links, ...(usage === undefined ? {} : { usage }) } as const;
    endAttempt(trace, cell, event.id, event.at, ended);
    cell.status = "failed";
    cell.failure = failure;
  },
  "attempt.lost"(trace, event) {
    const cell = cellOf(trace, event, event.at);
    endAttempt(trace, cell, event.id, event.at, { outcome: event.cause === "crash" ? "crashed" : "drained" });
    if (cell !== undefined) cell.status = "pending";
  },
  "effect.recorded"() {},
  "activation.gathered"(trace, event) {
    const activation = activationOf(trace, event, event.at);
    if (activation === undefined) return;
    // A failure that is passed over is gathered too: its `error` port alone.
    if (activation.status !== "failed") settle(trace, activation, "succeeded", event.at);
    give(activation, event.out);
    carry(trace, event, event.links, event.at);
  },
  "activation.reused"(trace, event) {
    if (applyToUnit(trace, event)) return;
    const activation = activationOf(trace, event, event.at);
    if (activation === undefined) return;
    settle(trace, activation, event.status, event.at);
    activation.out = event.out;
    activation.reusedFrom = event.from;
    if (event.status === "failed") activation.handling = "continue";
    carry(trace, event, event.links, event.at);
  },
  "run.paused"(trace, event) {
    trace.status = "paused";
    stopClock(trace, event.at);
  },
  "run.unpaused"(trace, event) {
    trace.status = "running";
    startClock(trace, event.at);
  },
  "run.resumed": (trace, event) => resumeRoot(trace, event.at),
  "run.cancelled"(trace, event) {
    trace.cancelled = { by: event.by, reason: event.reason, at: event.at };
  },
  "run.released": (trace, event) => stopClock(trace, event.at),
  "run.taken"(trace, event) {
    stopClock(trace, trace.lastAt);
    if (trace.status === "running") startClock(trace, event.at);
  },
  "warning.raised"(trace, { run, code, message }) {
    if (!trace.warnings.some((known) => known.code === code && known.message === message))
      trace.warnings.push({ run, code, message });
  },
  "retry.scheduled"(trace, event) {
    const { at, due, retry, reason } = event;
    const cell = decided(trace, event, at, { kind: "retry", at, dueAt: due, retry, reason });
    if (cell !== undefined) cell.status = "retrying";
  },
  "fallback.chosen"(trace, event) {
    const cell = decided(trace, event, event.at, { kind: "fallback", at: event.at, reason: event.reason });
    if (cell !== undefined) cell.fallbackReason = event.reason;
  },
  "item.failed"(trace, event) {
    const cell = decided(trace, event, event.at, { kind: "item_failed", at: event.at });
    if (cell === undefined) return;
    cell.status = "failed";
    cell.failure = event.failure;
  },
  "activation.failed": fail,
  "item.dead": bury,
  "item.reused"(trace, event) {
    const cell = cellOf(trace, event, event.at);
    if (cell === undefined) return;
    cell.status = "succeeded";
    cell.out = event.out;
    cell.reusedFrom = event.from;
  },
  "attempt.emitted": emit,
  "attempt.suspended": suspend,
  "wait.answered": endWait,
  "wait.over": endWait,
  "round.judged": judgeRound,
  "round.started": startRound,
  "trigger.fired": applyTrigger,
  "trigger.armed": applyTrigger,
  "trigger.evaluated": applyTrigger,
  "trigger.failed": applyTrigger,
  "trigger.retried": applyTrigger,
  "trigger.escalated": applyTrigger,
  "queue.grown": growQueue,
  "link.closed": closeLinks,
  "run.closing"(trace, event) {
    const run = trace.runs[event.run];
    if (run !== undefined) run.closingAt = event.at;
  },
  "rollback.started": startRollback,
  "undo.started": startUndo,
  "undo.ended": endUndo,
  "run.rolledback": endRollback,
  "hook.ended": warnOfHook,
  "retry.due"() {},
  "run.reopened": reopenChild,
  "stage.reached"() {},
  "run.stopping"(trace, event) {
    const run = trace.runs[event.run];
    if (run !== undefined) run.cause = { failure: event.cause, at: event.at };
  },
  "run.failed"(trace, event) {
    const run = endRun(trace, event.run, "failed", event.at);
    if (run !== undefined) run.cause = { failure: event.cause, at: event.at };
    endChild(trace, run, event.at, event.cause);
  },
  "run.closed": closeRun,
  "run.completed"(trace, event) {
    endChild(trace, endRun(trace, event.run, "completed", event.at), event.at);
  },
};
