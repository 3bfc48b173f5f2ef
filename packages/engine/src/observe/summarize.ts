import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { listFailures } from "./failures.js";
import type { QueueSummary, RunSummary, StepSummary } from "./summary.js";
import {
  type ActivationTrace,
  type AttemptTrace,
  type CellTrace,
  type RunTrace,
  stepStatus,
  type Trace,
} from "./trace.js";
import { traceRun } from "./trace-fold.js";
import { type QueueTrace, waitingItems } from "./trace-reactions.js";

/** A run as its journal tells it, finished or not. Durations of what still runs end at the last event. */
export function summarize(plan: Plan, events: Iterable<RunEvent>): RunSummary {
  return summarizeTrace(traceRun(plan, events));
}

export function summarizeTrace(trace: Trace): RunSummary {
  const root = trace.runs[0];
  const children = childRuns(trace);
  return {
    run_id: trace.id,
    name: trace.name,
    workflow: trace.plan.name,
    plan_hash: trace.planHash,
    status: trace.status,
    steps: root === undefined ? pendingSteps(trace) : stepsOf(trace, root, children),
    failures: listFailures(trace),
    ...queuesOf(root),
    ...triggersOf(root),
    warnings: [
      ...(trace.plan.standIns ?? []).map((message) => ({ code: "W_EXECUTOR", message })),
      ...trace.warnings.map(({ code, message }) => ({ code, message })),
      ...absentOutputs(trace, root),
    ],
    duration_ms: trace.activeMs + (trace.activeSince === null ? 0 : Math.max(0, trace.lastAt - trace.activeSince)),
  };
}

function queuesOf(root: RunTrace | undefined): Pick<RunSummary, "queues"> {
  if (root === undefined || root.queues.length === 0) return {};
  const queues = root.plan.queues.map((plan, index): readonly [string, QueueSummary] => {
    const queue: QueueTrace = root.queues[index] ?? { entered: 0, refused: 0, taken: 0, dead: 0, log: [] };
    const targets = new Set(plan.links.map((link) => root.plan.links[link]?.to.node ?? -1));
    const open = (node: number) => (root.activations[node] ?? []).filter((one) => one.status === "running").length;
    const in_flight = [...targets].reduce((sum, node) => sum + open(node), 0);
    const { entered, dead, refused, grown } = queue;
    const capacity = grown ?? plan.capacity;
    return [plan.name, { entered, waiting: waitingItems(queue), in_flight, dead: dead + refused, capacity }];
  });
  return { queues: Object.fromEntries(queues) };
}

function triggersOf(root: RunTrace | undefined): Pick<RunSummary, "triggers"> {
  if (root === undefined || root.plan.strategy !== "event_driven" || root.triggers.length === 0) return {};
  const triggers = root.triggers.map(
    ({ fired, last }, index) =>
      [root.plan.triggers[index]?.name ?? "", { fired, last_fired_at: last?.at ?? null }] as const,
  );
  return { triggers: Object.fromEntries(triggers) };
}

/** Outputs that a completed run left out. Those that nobody declared are no news where their step did not succeed. */
function absentOutputs(trace: Trace, root: RunTrace | undefined): RunSummary["warnings"] {
  if (root?.status !== "completed") return [];
  return root.plan.outputs.flatMap((node) => {
    const unit = root.units[node];
    if (unit?.value !== undefined || unit?.failure !== undefined || isTold(trace, root, node)) return [];
    const why = unit?.skipped === undefined ? "nothing came" : unit.skipped.reason;
    return [{ code: "W_OUTPUT_ABSENT", message: `Output ${root.plan.nodes[node]?.name ?? ""} has no value: ${why}` }];
  });
}

/** Whether an output is a step's port, in a document without outputs, and the step's own status says why it is absent. */
function isTold(trace: Trace, root: RunTrace, node: number): boolean {
  const output = root.plan.nodes[node];
  const source = root.plan.links[output?.ports[0]?.links[0] ?? -1]?.from;
  if (source === undefined || output?.name !== `${root.plan.nodes[source.node]?.name}.${source.port}`) return false;
  const status = stepStatus(trace, root, source.node);
  return status === "skipped" || status === "failed";
}

/** The newest child run of each cell, by `run/node/n/c`. */
type Children = ReadonlyMap<string, RunTrace>;

function childRuns(trace: Trace): Children {
  const children = new Map<string, RunTrace>();
  for (const run of trace.runs) {
    if (run?.parent == null || run.takenBack === true) continue;
    const { run: parent, node, n, c } = run.parent;
    children.set(`${parent}/${node}/${n}/${c}`, run);
  }
  return children;
}

function pendingSteps(trace: Trace): RunSummary["steps"] {
  const none = { status: "pending", attempts: 0, activations: 0, duration_ms: 0, cached: false } as const;
  const plan = trace.plan.workflows[0];
  return Object.fromEntries((plan?.steps ?? []).map((node) => [plan?.nodes[node]?.name ?? String(node), none]));
}

function stepsOf(trace: Trace, run: RunTrace, children: Children): RunSummary["steps"] {
  return Object.fromEntries(
    run.plan.steps.map((node) => [run.plan.nodes[node]?.name ?? String(node), stepOf(trace, run, node, children)]),
  );
}

function stepOf(trace: Trace, run: RunTrace, node: number, children: Children): StepSummary {
  const list = run.activations[node] ?? [];
  const last = list.at(-1);
  const step = run.plan.nodes[node]?.step;
  const place = `${run.index}/${node}/${last?.n ?? 1}`;
  const child = step?.forEach === undefined ? children.get(`${place}/0`) : undefined;
  return {
    status: stepStatus(trace, run, node),
    attempts: list.reduce(
      (sum, one) => sum + attemptsOf([...one.cells.values()]),
      countRun(run.undone.get(node) ?? []),
    ),
    activations: list.length,
    duration_ms: list.reduce((sum, one) => sum + Math.max(0, (one.endedAt ?? trace.lastAt) - one.startedAt), 0),
    cached: last !== undefined && isCached(last),
    ...(last?.failure === undefined ? {} : { error: last.failure }),
    ...(step?.forEach === undefined || last === undefined ? {} : { items: itemsOf(trace, last, place, children) }),
    ...(child === undefined ? {} : { run: { status: child.status, steps: stepsOf(trace, child, children) } }),
  };
}

function attemptsOf(cells: readonly CellTrace[]): number {
  return cells.reduce((sum, cell) => sum + countRun(cell.attempts), 0);
}

function countRun(attempts: readonly AttemptTrace[]): number {
  return attempts.filter((one) => one.cache?.outcome !== "hit").length;
}

function cellCached(cell: CellTrace): boolean {
  if (cell.reusedFrom !== undefined) return true;
  return cell.status === "succeeded" && cell.attempts.at(-1)?.cache?.outcome === "hit";
}

function isCached(activation: ActivationTrace): boolean {
  if (activation.reusedFrom !== undefined) return true;
  const cells = [...activation.cells.values()];
  return cells.length > 0 && cells.every(cellCached);
}

function itemsOf(trace: Trace, activation: ActivationTrace, place: string, children: Children): readonly StepSummary[] {
  const count = activation.count ?? 0;
  return Array.from({ length: count }, (_, c) =>
    itemOf(trace, activation.cells.get(c), children.get(`${place}/${c}`), children),
  );
}

function itemOf(
  trace: Trace,
  cell: CellTrace | undefined,
  child: RunTrace | undefined,
  children: Children,
): StepSummary {
  const first = cell?.attempts[0];
  const ended = cell?.attempts.at(-1)?.endedAt ?? trace.lastAt;
  return {
    status: cell?.status ?? "pending",
    attempts: cell === undefined ? 0 : attemptsOf([cell]),
    activations: first === undefined ? 0 : 1,
    duration_ms: first === undefined ? 0 : Math.max(0, ended - first.startedAt),
    cached: cell !== undefined && cellCached(cell),
    ...(cell?.failure === undefined ? {} : { error: cell.failure }),
    ...(child === undefined ? {} : { run: { status: child.status, steps: stepsOf(trace, child, children) } }),
  };
}
