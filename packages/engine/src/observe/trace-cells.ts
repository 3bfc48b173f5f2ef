import type { Activation, Cell, Finding } from "../kernel/event.js";
import type {
  ActivationTrace,
  AttemptDecision,
  AttemptTrace,
  CarriedTrace,
  CellTrace,
  RunTrace,
  Trace,
} from "./trace.js";
import { countEntered, countTaken, takeFiring } from "./trace-reactions.js";

export function activationOf(trace: Trace, at: Activation, time: number): ActivationTrace | undefined {
  const run = trace.runs[at.run];
  if (run?.plan.nodes[at.node] === undefined) return undefined;
  run.activations[at.node] ??= [];
  const list = run.activations[at.node] ?? [];
  const before = lastUpTo(list, at.n);
  const known = list[before];
  if (known?.n === at.n) return known;
  const firing = takeFiring(run, at.node);
  countTaken(run, at.node, 1);
  const fresh: ActivationTrace = {
    n: at.n,
    seq: trace.lastSeq,
    ...(firing === undefined ? {} : { firing }),
    startedAt: time,
    endedAt: null,
    status: "running",
    cells: new Map(),
    count: null,
    out: {},
  };
  list.splice(before + 1, 0, fresh);
  return fresh;
}

/** Where the activation of this number stands, or the last one before it: they are in order, and what is asked for is among the latest. */
function lastUpTo(list: readonly ActivationTrace[], n: number): number {
  let at = list.length - 1;
  while (at >= 0 && (list[at]?.n ?? 0) > n) at--;
  return at;
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

/** An attempt that succeeds settles its activation: also the fallback of a nested workflow. */
export function isWhole(trace: Trace, at: Activation): boolean {
  const step = trace.runs[at.run]?.plan.nodes[at.node]?.step;
  return step?.forEach === undefined && step?.repeat === undefined;
}

/** What the links of a node carry; `port`: only those of this port, which sent while its step goes on. */
export function carry(trace: Trace, at: Activation, findings: readonly Finding[], time: number, port?: string): void {
  const run = trace.runs[at.run];
  if (run === undefined) return;
  const emits = port === undefined ? run.activations[at.node]?.findLast((one) => one.n === at.n)?.emits : undefined;
  run.plan.nodes[at.node]?.outLinks.forEach((index, position) => {
    const link = run.plan.links[index];
    if (link === undefined || (port !== undefined && link.from.port !== port)) return;
    // What was sent while it ran is not sent again.
    if (emits?.has(link.from.port) === true) return;
    const finding = findings[position] ?? 0;
    if (link.queue === undefined) carryOver(trace, run, index, { finding, at: time });
    else enqueue(trace, run, { queue: link.queue, index, finding }, time);
  });
}

/** The first link of a queue stands for all of them. */
function enqueue(
  trace: Trace,
  run: RunTrace,
  { queue, index, finding }: { readonly queue: number; readonly index: number; readonly finding: Finding },
  time: number,
): void {
  const links = run.plan.queues[queue]?.links ?? [];
  if (links[0] !== index) return;
  for (const link of links) carryOver(trace, run, link, { finding, at: time });
  if (typeof finding === "object" && "queued" in finding)
    countEntered(run.queues[queue], finding, trace.lastSeq, trace.restorable);
}

export function carryOver(
  trace: Trace,
  run: RunTrace,
  link: number,
  carried: Pick<CarriedTrace, "finding" | "at" | "closed">,
): void {
  const before = run.carried[link];
  const kept = trace.restorable && before !== undefined ? { before } : {};
  run.carried[link] = { ...carried, ...kept, seq: trace.lastSeq, count: (before?.count ?? 0) + 1 };
}

export function settle(trace: Trace, activation: ActivationTrace, status: ActivationTrace["status"], at: number): void {
  activation.status = status;
  activation.endedAt = at;
  activation.settledIn = trace.lastSeq;
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
  trace: Trace,
  cell: CellTrace | undefined,
  id: number,
  time: number,
  ended: Partial<AttemptTrace>,
): AttemptTrace | undefined {
  const attempt = cell?.attempts.findLast((one) => one.id === id) ?? cell?.attempts.at(-1);
  return attempt === undefined ? undefined : Object.assign(attempt, ended, { endedAt: time, endedIn: trace.lastSeq });
}

export function isMapped(trace: Trace, at: Activation): boolean {
  return trace.runs[at.run]?.plan.nodes[at.node]?.step?.forEach !== undefined;
}
