import type { Usage } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { CacheNote } from "../kernel/event.js";
import { findRunPrefix } from "./step-path.js";
import type { ActivationTrace, AttemptDecision, AttemptTrace, CellTrace, Trace, WaitTrace } from "./trace.js";

export type WhyAttempt = {
  readonly item: number | null;
  /** 1-based. */
  readonly attempt: number;
  readonly fallback: boolean;
  /** Of a loop: 1-based. */
  readonly round: number | null;
  /** The condition of the loop after this round. */
  readonly judged: { readonly stop: boolean; readonly reason: string } | null;
  /** How its waiting for a moment or an answer ended. */
  readonly waited: WaitTrace["ended"] | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: AttemptTrace["outcome"];
  readonly failure: Failure | null;
  readonly usage: Usage | null;
  readonly cache: CacheNote | null;
  /** What followed from its failure; null: it succeeded, runs, or was lost. */
  readonly decision: AttemptDecision | null;
  /** Path of the child run's steps when the attempt was one. */
  readonly inner: string | null;
};

export type WhyItems = {
  /** Null: not measured yet. */
  readonly count: number | null;
  readonly succeeded: number;
  readonly failed: number;
  readonly cached: number;
  readonly running: number;
  readonly retried: number;
};

const attemptLimit = 100;

export function attemptsOf(trace: Trace, cells: readonly CellTrace[], mapped: boolean): readonly WhyAttempt[] {
  const told = mapped ? cells.filter((cell) => cell.attempts.length > 1 || cell.status !== "succeeded") : cells;
  return told.flatMap((cell) => cell.attempts.map((one) => attemptOf(trace, cell, one, mapped))).slice(0, attemptLimit);
}

function attemptOf(trace: Trace, cell: CellTrace, one: AttemptTrace, mapped: boolean): WhyAttempt {
  const child = one.run === undefined ? undefined : trace.runs[one.run];
  return {
    item: mapped ? cell.c : null,
    attempt: one.attempt,
    fallback: one.fallback,
    round: one.round ?? null,
    judged: one.judged ?? null,
    waited: one.wait?.ended ?? null,
    startedAt: one.startedAt,
    endedAt: one.endedAt,
    outcome: one.outcome,
    failure: one.failure ?? null,
    usage: one.usage ?? null,
    cache: one.cache ?? null,
    decision: one.decision ?? null,
    inner: child === undefined ? null : findRunPrefix(trace, child),
  };
}

export function itemsOf(activation: ActivationTrace): WhyItems {
  const cells = [...activation.cells.values()];
  const count = (test: (cell: CellTrace) => boolean) => cells.filter(test).length;
  return {
    count: activation.count,
    succeeded: count((cell) => cell.status === "succeeded"),
    failed: count((cell) => cell.status === "failed"),
    cached: count((cell) => cell.attempts.at(-1)?.cache?.outcome === "hit"),
    running: count((cell) => cell.status === "running" || cell.status === "retrying" || cell.status === "waiting"),
    retried: count((cell) => cell.attempts.some((one) => one.decision?.kind === "retry")),
  };
}
