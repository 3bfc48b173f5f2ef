import type { RunEvent } from "../kernel/event.js";
import type { CellTrace, Trace } from "./trace.js";
import { activationOf, beginAttempt, carry, cellOf, endAttempt } from "./trace-cells.js";

type Event<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** An attempt of a step of its own, and of a loop with its round. */
export function beginStep(trace: Trace, event: Event<"attempt.started">): void {
  const { seq: id, attempt, fallback, at: startedAt } = event;
  const cell = cellOf(trace, event, startedAt);
  const repeats = trace.runs[event.run]?.plan.nodes[event.node]?.step?.repeat !== undefined;
  const round = cell?.round ?? (repeats ? 1 : undefined);
  beginAttempt(trace, event, {
    id,
    attempt,
    fallback,
    startedAt,
    ...(round === undefined ? {} : { round }),
    endedAt: null,
    outcome: "running",
  });
}

export function suspend(trace: Trace, event: Event<"attempt.suspended">): void {
  const cell = cellOf(trace, event, event.at);
  if (cell === undefined) return;
  const { id, at: since, until, ask, name, usage } = event;
  const wait = {
    since,
    ...(until === undefined ? {} : { until }),
    ...(ask === undefined ? {} : { ask }),
    ...(name === undefined ? {} : { name }),
  };
  const attempt = endAttempt(trace, cell, id, since, {
    outcome: "waiting",
    wait,
    ...(usage === undefined ? {} : { usage }),
  });
  if (attempt !== undefined) attempt.endedAt = null;
  cell.status = "waiting";
}

export function endWait(trace: Trace, event: Event<"wait.answered" | "wait.over">): void {
  const cell = cellOf(trace, event, event.at);
  const attempt = cell?.attempts.at(-1);
  if (cell === undefined || attempt === undefined) return;
  const by = event.type === "wait.answered" ? "answer" : event.late ? "timeout" : "moment";
  const who = event.type === "wait.answered" ? event.by : "";
  if (attempt.wait !== undefined) attempt.wait.ended = { at: event.at, by, who };
  if (attempt.wait?.name !== undefined && event.out !== undefined) {
    endAttempt(trace, cell, attempt.id, event.at, { outcome: "asked" });
    cell.status = "running";
    return;
  }
  endAttempt(trace, cell, attempt.id, event.at, { outcome: event.out === undefined ? "failed" : "succeeded" });
  cell.status = event.out === undefined ? "failed" : "succeeded";
  if (event.out !== undefined) cell.out = event.out;
}

/** Said of the attempt that was the round, or the child run. */
export function judgeRound(trace: Trace, event: Event<"round.judged">): void {
  const cell = cellOf(trace, event, event.at);
  const attempt = cell?.attempts.at(-1);
  if (cell === undefined || attempt === undefined) return;
  const { stop, reason, failure } = event;
  attempt.judged = { stop, reason: failure?.message ?? reason };
  if (failure !== undefined) failCell(cell, failure);
}

function failCell(cell: CellTrace, failure: NonNullable<CellTrace["failure"]>): void {
  cell.status = "failed";
  cell.failure = failure;
}

export function startRound(trace: Trace, event: Event<"round.started">): void {
  const cell = cellOf(trace, event, event.at);
  if (cell === undefined) return;
  cell.round = event.round;
  cell.status = "running";
  delete cell.out;
}

/** Sent while the step goes on: of several on a port, the last one is its value. */
export function emit(trace: Trace, event: Event<"attempt.emitted">): void {
  const activation = activationOf(trace, event, event.at);
  if (activation === undefined) return;
  const { port, index, value, links, at } = event;
  carry(trace, event, links, at, port);
  activation.emits ??= new Map();
  activation.emits.set(port, Math.max(index + 1, activation.emits.get(port) ?? 0));
  activation.out = { ...activation.out, [port]: value };
}
