import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { readyAt } from "./needs.js";
import { findRunPrefix } from "./step-path.js";
import {
  type ActivationTrace,
  type AttemptTrace,
  type CellTrace,
  type RunTrace,
  stoppedAt,
  type Trace,
} from "./trace.js";
import { traceRun } from "./trace-fold.js";

/** One bar of a chart over time: an attempt, or a step that was skipped or taken over. Times are epoch ms. */
export type TimelineRow = {
  /** `outer[3]/inner`; items of mapped steps are named. */
  readonly step: string;
  readonly activation: number;
  /** 1-based; 0 for a step that no attempt ran for. */
  readonly attempt: number;
  readonly fallback: boolean;
  /** When the step had all it waits for. */
  readonly readyAt: number | null;
  readonly startedAt: number;
  /** Null: still running. */
  readonly endedAt: number | null;
  readonly status:
    | "running"
    | "waiting"
    | "asked"
    | "succeeded"
    | "failed"
    | "crashed"
    | "drained"
    | "skipped"
    | "reused"
    | "cancelled"
    | "undone";
  readonly cached: boolean;
  /** True for the row of a nested workflow, whose own steps have rows too. */
  readonly nested: boolean;
};

/** Rows in the order in which they started; a nested workflow comes before its steps. */
export function timeline(plan: Plan, events: Iterable<RunEvent>): readonly TimelineRow[] {
  return timelineOf(traceRun(plan, events));
}

export function timelineOf(trace: Trace): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  for (const run of trace.runs) {
    if (run === undefined) continue;
    for (const node of run.plan.steps) rows.push(...rowsOf(trace, run, node));
  }
  return rows.sort((a, b) => a.startedAt - b.startedAt || Number(b.nested) - Number(a.nested));
}

function rowsOf(trace: Trace, run: RunTrace, node: number): readonly TimelineRow[] {
  const planned = run.plan.nodes[node];
  const name = `${findRunPrefix(trace, run)}${planned?.name ?? ""}`;
  const mapped = planned?.step?.forEach !== undefined;
  const stopped = stoppedAt(trace, run);
  const rows = (run.activations[node] ?? []).flatMap((activation) => {
    const ready = readyAt(run, node, activation);
    if (activation.cells.size === 0) return emptyRow(name, ready, activation).map((row) => cutRow(row, stopped));
    return [...activation.cells.values()].flatMap((cell) => {
      const step = mapped ? `${name}[${cell.c}]` : name;
      return cell.attempts.map((one) => cutRow(attemptRow(step, ready, activation, cell, one), stopped));
    });
  });
  return [...(run.undone.get(node) ?? []).map((one) => undoneRow(name, one)), ...rows];
}

/** What was under way when its run came to an end, ended with it. */
function cutRow(row: TimelineRow, stopped: number | null): TimelineRow {
  if (row.endedAt !== null || stopped === null) return row;
  return { ...row, endedAt: Math.max(stopped, row.startedAt), status: "cancelled" };
}

function undoneRow(step: string, one: AttemptTrace): TimelineRow {
  const { attempt, fallback, startedAt, endedAt } = one;
  const nested = one.run !== undefined;
  const cached = one.cache?.outcome === "hit";
  return {
    step,
    activation: 1,
    attempt,
    fallback,
    readyAt: null,
    startedAt,
    endedAt,
    status: "undone",
    cached,
    nested,
  };
}

function emptyRow(step: string, ready: number | null, activation: ActivationTrace): readonly TimelineRow[] {
  const { n, startedAt, endedAt } = activation;
  const status = activation.reusedFrom === undefined ? activation.status : "reused";
  const cached = activation.reusedFrom !== undefined;
  return [
    {
      step,
      activation: n,
      attempt: 0,
      fallback: false,
      readyAt: ready,
      startedAt,
      endedAt,
      status,
      cached,
      nested: false,
    },
  ];
}

function attemptRow(
  step: string,
  ready: number | null,
  activation: ActivationTrace,
  cell: CellTrace,
  one: AttemptTrace,
): TimelineRow {
  const cut = one.outcome === "running" && activation.status === "cancelled";
  return {
    step,
    activation: activation.n,
    attempt: one.attempt,
    fallback: one.fallback,
    readyAt: cell.attempts[0] === one ? ready : null,
    startedAt: one.startedAt,
    endedAt: cut ? activation.endedAt : one.endedAt,
    status: cut ? "cancelled" : one.outcome,
    cached: one.cache?.outcome === "hit",
    nested: one.run !== undefined,
  };
}
