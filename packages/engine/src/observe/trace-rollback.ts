import type { PortValues, RunEvent } from "../kernel/event.js";
import { findRunPrefix } from "./step-path.js";
import type { ActivationTrace, AttemptTrace, CellTrace, RunTrace, Trace } from "./trace.js";
import { countTaken, takeOut } from "./trace-reactions.js";

/*
 * What a rollback leaves of a run: everything that came after the checkpoint's event is taken back, but stays readable. Journal numbers
 * say what that is. What came from outside since is applied again by events that follow.
 */

type Event<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

export function startRollback(trace: Trace, event: Event<"rollback.started">): void {
  const run = trace.runs[event.run];
  if (run === undefined) return;
  const { at, to, cause, stop } = event;
  const node = failedNode(run);
  const step = node === undefined ? "" : `${findRunPrefix(trace, run)}${run.plan.nodes[node]?.name ?? ""}`;
  run.rollbacks.push({ at, to, cause, stop, step, node: node ?? -1, endedAt: null, undone: [] });
}

/** The step whose failure took the run back. */
function failedNode(run: RunTrace): number | undefined {
  for (const node of run.plan.steps)
    for (const cell of run.activations[node]?.at(-1)?.cells.values() ?? []) if (cell.status === "failed") return node;
  return undefined;
}

export function startUndo(trace: Trace, event: Event<"undo.started">): void {
  const run = trace.runs[event.run];
  const name = run?.plan.nodes[event.node]?.name;
  const prefix = run === undefined ? "" : findRunPrefix(trace, run);
  const { seq: id, at: startedAt } = event;
  trace.runs[event.rolling]?.rollbacks.at(-1)?.undone.push({ id, step: `${prefix}${name ?? ""}`, startedAt });
}

export function endUndo(trace: Trace, event: Event<"undo.ended">): void {
  for (const run of trace.runs) {
    const undo = run?.rollbacks.at(-1)?.undone.find((one) => one.id === event.id);
    if (undo === undefined) continue;
    undo.endedAt = event.at;
    if (event.failure === undefined) return;
    undo.failure = event.failure;
    const message = `What ${undo.step} did could not be undone: ${event.failure.message}`;
    trace.warnings.push({ run: event.run, code: "W_UNDO", message });
    return;
  }
}

export function endRollback(trace: Trace, event: Event<"run.rolledback">): void {
  const run = trace.runs[event.run];
  const rollback = run?.rollbacks.at(-1);
  if (run === undefined) return;
  if (rollback !== undefined) rollback.endedAt = event.at;
  revert(trace, run, event.to, event.at);
}

function revert(trace: Trace, run: RunTrace, to: number, at: number): void {
  run.status = "running";
  run.endedAt = null;
  delete run.endedIn;
  delete run.cause;
  for (const node of run.activations.keys()) revertNode(trace, run, node, to, at);
  for (const index of run.carried.keys()) {
    let carried = run.carried[index];
    while (carried !== undefined && carried.seq > to) carried = carried.before;
    run.carried[index] = carried;
  }
  for (const index of run.units.keys()) {
    let unit = run.units[index];
    if (unit?.value !== undefined && unit.seq > to) keepPartial(run, index, { value: unit.value });
    while (unit !== undefined && unit.seq > to) unit = unit.before;
    run.units[index] = unit;
  }
  for (const queue of run.queues) takeOut(queue, to);
  for (const child of trace.runs) if (child?.parent?.run === run.index) revertChild(trace, child, to, at);
}

function revertChild(trace: Trace, child: RunTrace, to: number, at: number): void {
  if (child.takenBack === true) return;
  if (child.seq <= to) {
    if (child.endedIn === undefined || child.endedIn > to) revert(trace, child, to, at);
    return;
  }
  child.takenBack = true;
  if (child.status === "running") {
    child.status = "cancelled";
    child.endedAt = at;
  }
  for (const inner of trace.runs) if (inner?.parent?.run === child.index) revertChild(trace, inner, to, at);
}

function revertNode(trace: Trace, run: RunTrace, node: number, to: number, at: number): void {
  const list = run.activations[node];
  if (list === undefined) return;
  const undone = run.undone.get(node) ?? [];
  const kept = list.filter((one) => one.seq <= to);
  for (const one of list) {
    if (one.seq > to) takeBack(run, node, one, undone, at);
    else if (one.settledIn === undefined || one.settledIn > to) reopen(trace, { run, node, one }, to, undone, at);
  }
  run.activations[node] = kept.length === 0 ? undefined : kept;
  if (undone.length > 0) run.undone.set(node, undone);
}

function keepPartial(run: RunTrace, node: number, out: PortValues): void {
  if (run.plan.preservePartialResults && Object.keys(out).length > 0) run.partial.set(node, out);
}

/** What fired it from outside is not lost: it waits for the step again. */
function takeBack(run: RunTrace, node: number, one: ActivationTrace, undone: AttemptTrace[], at: number): void {
  countTaken(run, node, -1);
  keepPartial(run, node, one.out);
  for (const cell of one.cells.values()) for (const attempt of cell.attempts) undone.push(mark(attempt, at));
  const kind = one.firing === undefined ? undefined : run.plan.triggers[one.firing.trigger]?.kind;
  if (one.firing === undefined || (kind !== "manual" && kind !== "folder")) return;
  run.firings.set(
    node,
    [...(run.firings.get(node) ?? []), one.firing].sort((a, b) => a.seq - b.seq),
  );
}

function mark(attempt: AttemptTrace, at: number): AttemptTrace {
  attempt.undoneAt = at;
  attempt.endedAt ??= at;
  return attempt;
}

function reopen(
  trace: Trace,
  { run, node, one }: { readonly run: RunTrace; readonly node: number; readonly one: ActivationTrace },
  to: number,
  undone: AttemptTrace[],
  at: number,
): void {
  one.status = "running";
  one.endedAt = null;
  keepPartial(run, node, one.out);
  one.out = {};
  delete one.settledIn;
  delete one.failure;
  delete one.handling;
  delete one.reason;
  for (const cell of one.cells.values()) reopenCell(trace, cell, to, undone, at);
}

/** An attempt that ran at the checkpoint starts again; a child run goes on. */
function reopenCell(trace: Trace, cell: CellTrace, to: number, undone: AttemptTrace[], at: number): void {
  const kept: AttemptTrace[] = [];
  let isOpen = false;
  for (const attempt of cell.attempts) {
    const wasOpen = attempt.endedIn === undefined || attempt.endedIn > to;
    const isChild = attempt.run !== undefined && trace.runs[attempt.run]?.takenBack !== true;
    if (attempt.id > to || (wasOpen && !isChild)) undone.push(mark(attempt, at));
    else kept.push(attempt);
    if (attempt.id > to || !wasOpen) continue;
    isOpen = true;
    if (isChild) goOn(attempt);
  }
  cell.attempts = kept;
  if (!isOpen && kept.at(-1)?.outcome === "succeeded") return;
  cell.status = isOpen && kept.at(-1)?.outcome === "running" ? "running" : "pending";
  delete cell.failure;
  delete cell.out;
}

function goOn(attempt: AttemptTrace): void {
  attempt.outcome = "running";
  attempt.endedAt = null;
  delete attempt.endedIn;
  delete attempt.failure;
  delete attempt.decision;
}
