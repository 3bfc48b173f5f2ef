import type { Activation, Cell, Finding } from "../kernel/event.js";
import type { ActivationTrace, AttemptDecision, AttemptTrace, CellTrace, Trace } from "./trace.js";

export function activationOf(trace: Trace, at: Activation, time: number): ActivationTrace | undefined {
  const run = trace.runs[at.run];
  if (run?.plan.nodes[at.node] === undefined) return undefined;
  run.activations[at.node] ??= [];
  const list = run.activations[at.node] ?? [];
  const known = list.find((activation) => activation.n === at.n);
  if (known !== undefined) return known;
  const fresh: ActivationTrace = {
    n: at.n,
    startedAt: time,
    endedAt: null,
    status: "running",
    cells: new Map(),
    count: null,
    out: {},
  };
  list.push(fresh);
  return fresh;
}

export function cellOf(trace: Trace, at: Cell, time: number): CellTrace | undefined {
  const activation = activationOf(trace, at, time);
  if (activation === undefined) return undefined;
  const known = activation.cells.get(at.c);
  if (known !== undefined) return known;
  const fresh: CellTrace = { c: at.c, status: "pending", attempts: [] };
  activation.cells.set(at.c, fresh);
  return fresh;
}

export function isWhole(trace: Trace, at: Activation): boolean {
  const step = trace.runs[at.run]?.plan.nodes[at.node]?.step;
  return step?.forEach === undefined && step?.workflow === undefined;
}

export function carry(trace: Trace, at: Activation, findings: readonly Finding[], time: number): void {
  const run = trace.runs[at.run];
  run?.plan.nodes[at.node]?.outLinks.forEach((link, position) => {
    run.carried[link] = { finding: findings[position] ?? 0, at: time };
  });
}

export function settle(activation: ActivationTrace, status: ActivationTrace["status"], at: number): void {
  activation.status = status;
  activation.endedAt = at;
}

export function decided(trace: Trace, at: Cell, time: number, decision: AttemptDecision): CellTrace | undefined {
  const cell = cellOf(trace, at, time);
  const attempt = cell?.attempts.at(-1);
  if (attempt !== undefined && attempt.decision === undefined && attempt.outcome !== "succeeded")
    attempt.decision = decision;
  return cell;
}

export function beginAttempt(trace: Trace, at: Cell, attempt: AttemptTrace): void {
  const activation = activationOf(trace, at, attempt.startedAt);
  const cell = cellOf(trace, at, attempt.startedAt);
  if (activation === undefined || cell === undefined) return;
  cell.attempts.push(attempt);
  cell.status = "running";
  delete cell.failure;
  activation.status = "running";
  activation.endedAt = null;
  delete activation.failure;
}

export function endAttempt(
  cell: CellTrace | undefined,
  id: number,
  time: number,
  ended: Partial<AttemptTrace>,
): AttemptTrace | undefined {
  const attempt = cell?.attempts.findLast((one) => one.id === id) ?? cell?.attempts.at(-1);
  return attempt === undefined ? undefined : Object.assign(attempt, ended, { endedAt: time });
}

export function isMapped(trace: Trace, at: Activation): boolean {
  return trace.runs[at.run]?.plan.nodes[at.node]?.step?.forEach !== undefined;
}
