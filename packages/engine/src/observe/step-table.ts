import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { findRunPrefix } from "./step-path.js";
import type { StepStatus } from "./summary.js";
import { type ActivationTrace, type AttemptTrace, type RunTrace, stepStatus, type Trace } from "./trace.js";
import { traceRun } from "./trace-fold.js";

/** What a step did and used, over all its activations, items and attempts. Of nested workflows each run's steps have lines of their own. */
export type StepLine = {
  /** `outer[3]/inner`. */
  readonly step: string;
  readonly class: string;
  readonly executor: string;
  readonly status: StepStatus;
  readonly activations: number;
  /** Attempts that ran. */
  readonly attempts: number;
  /** Of a mapped step: its items; null: it has none, or they are not counted yet. */
  readonly items: number | null;
  readonly failedItems: number;
  /** Attempts whose result came from the cache. */
  readonly cached: number;
  /** Epoch ms; null: not yet. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** CPU time of all attempts; null: none was measured. */
  readonly cpuMs: number | null;
  /** The largest of any attempt; null: none was measured. */
  readonly peakMemoryBytes: number | null;
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Why it was skipped or failed, in short. */
  readonly reason: string;
  /** True for a nested workflow. */
  readonly nested: boolean;
};

/** A line for each step, those of a nested workflow after it; at most `most`, `left` says how many there are besides. */
export function stepTable(
  plan: Plan,
  events: Iterable<RunEvent>,
  most = 2_000,
): { readonly lines: readonly StepLine[]; readonly left: number } {
  const trace = traceRun(plan, events);
  const lines: StepLine[] = [];
  let left = 0;
  const children = childrenOf(trace);
  const enter = (run: RunTrace): void => {
    for (const node of run.plan.steps) {
      if (lines.length < most) lines.push(lineOf(trace, run, node));
      else left++;
      for (const child of children.get(`${run.index}/${node}`) ?? []) enter(child);
    }
  };
  const [root] = trace.runs;
  if (root !== undefined) enter(root);
  return { lines, left };
}

function childrenOf(trace: Trace): ReadonlyMap<string, readonly RunTrace[]> {
  const children = new Map<string, RunTrace[]>();
  for (const run of trace.runs) {
    if (run?.parent == null || run.takenBack === true) continue;
    const place = `${run.parent.run}/${run.parent.node}`;
    const found = children.get(place);
    if (found === undefined) children.set(place, [run]);
    else found.push(run);
  }
  return children;
}

function lineOf(trace: Trace, run: RunTrace, node: number): StepLine {
  const planned = run.plan.nodes[node];
  const list = run.activations[node] ?? [];
  const cells = list.flatMap((one) => [...one.cells.values()]);
  const attempts = [...cells.flatMap((cell) => cell.attempts), ...(run.undone.get(node) ?? [])];
  const last = list.at(-1);
  const ended = list.every((one) => one.endedAt !== null);
  return {
    step: `${findRunPrefix(trace, run)}${planned?.name ?? ""}`,
    class: planned?.step?.component?.class ?? "Workflow",
    executor: planned?.step?.executor ?? "",
    status: stepStatus(trace, run, node),
    activations: list.length,
    attempts: attempts.filter((one) => one.cache?.outcome !== "hit").length,
    items: planned?.step?.forEach === undefined ? null : (last?.count ?? null),
    failedItems: planned?.step?.forEach === undefined ? 0 : cells.filter((cell) => cell.status === "failed").length,
    cached: attempts.filter((one) => one.cache?.outcome === "hit").length,
    startedAt: list[0]?.startedAt ?? null,
    endedAt: ended ? (last?.endedAt ?? null) : null,
    ...usageOf(attempts),
    reason: reasonOf(last),
    nested: planned?.step?.workflow !== undefined,
  };
}

function usageOf(
  attempts: readonly AttemptTrace[],
): Pick<StepLine, "cpuMs" | "peakMemoryBytes" | "inputBytes" | "outputBytes"> {
  let [cpuMs, peakMemoryBytes]: (number | null)[] = [null, null];
  let [inputBytes, outputBytes] = [0, 0];
  for (const { usage } of attempts) {
    if (usage === undefined) continue;
    if (usage.cpuMs !== null) cpuMs = (cpuMs ?? 0) + usage.cpuMs;
    if (usage.peakMemoryBytes !== null) peakMemoryBytes = Math.max(peakMemoryBytes ?? 0, usage.peakMemoryBytes);
    inputBytes += usage.inputBytes;
    outputBytes += usage.outputBytes;
  }
  return { cpuMs: cpuMs ?? null, peakMemoryBytes: peakMemoryBytes ?? null, inputBytes, outputBytes };
}

function reasonOf(last: ActivationTrace | undefined): string {
  if (last?.skipped !== undefined) return last.skipped.reason;
  if (last?.failure !== undefined) return `${last.failure.code} ${last.failure.message}`;
  return last?.reusedFrom === undefined ? "" : `taken over from run ${last.reusedFrom}`;
}
