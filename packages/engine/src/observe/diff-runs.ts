import type { Handle } from "../contracts/handle.js";
import type { RunStatus } from "../contracts/store.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { diffPlans, type PlanDiff } from "./diff-plans.js";
import { summarize } from "./summarize.js";
import type { StepStatus, StepSummary } from "./summary.js";
import { lastActivation } from "./trace.js";
import { traceRun } from "./trace-fold.js";

/** A run to compare: its plan and its events. */
export type Compared = { readonly plan: Plan; readonly events: readonly RunEvent[] };

/** Of the first and of the second run; null: that run has none. */
export type Pair<Value> = readonly [first: Value | null, second: Value | null];

export type RunDiff = {
  readonly runs: readonly [DiffedRun, DiffedRun];
  readonly plan: PlanDiff;
  /** Units, and output ports as `step.port`, whose values differ; where both have the same value they are left out. */
  readonly inputs: readonly ValueDiff[];
  readonly outputs: readonly ValueDiff[];
  readonly ports: readonly ValueDiff[];
  /** Steps that both runs have, or one of them, in the order of the first plan; nested ones by path, items not apart. */
  readonly steps: readonly StepDiff[];
};

export type DiffedRun = {
  readonly id: string;
  readonly name: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly planHash: string;
  readonly status: RunStatus;
  readonly durationMs: number;
};

export type ValueDiff = { readonly name: string; readonly values: Pair<Handle> };

export type StepDiff = {
  readonly step: string;
  readonly status: Pair<StepStatus>;
  readonly cached: Pair<boolean>;
  readonly attempts: Pair<number>;
  readonly durationMs: Pair<number>;
  /** Time of the second run over that of the first; null where one has none, or ran it from the cache. */
  readonly ratio: number | null;
};

/** What differs between two runs: their documents, what went in and came out, how their steps ended and how long they took. */
export function diffRuns(first: Compared, second: Compared): RunDiff {
  const [one, two] = [look(first), look(second)];
  return {
    runs: [one.run, two.run],
    plan: diffPlans(first.plan, second.plan),
    inputs: diffValues(one.inputs, two.inputs),
    outputs: diffValues(one.outputs, two.outputs),
    ports: diffValues(one.ports, two.ports),
    steps: diffSteps(one.steps, two.steps),
  };
}

type Values = ReadonlyMap<string, Handle>;

function look({ plan, events }: Compared) {
  const summary = summarize(plan, events);
  const { run_id: id, name, workflow, status, duration_ms: durationMs } = summary;
  const version = plan.workflows[0]?.version ?? null;
  const run: DiffedRun = { id, name, workflow, version, planHash: plan.hash, status, durationMs };
  return { run, steps: flat(summary.steps, ""), ...valuesOf(plan, events) };
}

function valuesOf(plan: Plan, events: readonly RunEvent[]) {
  const root = traceRun(plan, events).runs[0];
  const inputs = new Map<string, Handle>();
  const outputs = new Map<string, Handle>();
  const ports = new Map<string, Handle>();
  for (const [index, node] of (plan.workflows[0]?.nodes ?? []).entries()) {
    if (root === undefined) break;
    const value = root.units[index]?.value;
    if (node.kind === "unit" && node.unit?.role === "input" && value !== undefined) inputs.set(node.name, value);
    if (node.kind === "output" && value !== undefined) outputs.set(node.name, value);
    if (node.kind !== "step") continue;
    for (const [port, out] of Object.entries(lastActivation(root, index)?.out ?? {}))
      ports.set(`${node.name}.${port}`, out);
  }
  return { inputs, outputs, ports };
}

function flat(steps: { readonly [name: string]: StepSummary }, prefix: string): Map<string, StepSummary> {
  const found = new Map<string, StepSummary>();
  for (const [name, step] of Object.entries(steps)) {
    found.set(prefix + name, step);
    for (const [path, inner] of flat(step.run?.steps ?? {}, `${prefix}${name}/`)) found.set(path, inner);
  }
  return found;
}

/** Values are the same where their texts, or the hashes of their blobs, are. */
function diffValues(first: Values, second: Values): ValueDiff[] {
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].flatMap((name) => {
    const values = [first.get(name) ?? null, second.get(name) ?? null] as const;
    return JSON.stringify(values[0]) === JSON.stringify(values[1]) ? [] : [{ name, values }];
  });
}

function diffSteps(first: ReadonlyMap<string, StepSummary>, second: ReadonlyMap<string, StepSummary>): StepDiff[] {
  return [...new Set([...first.keys(), ...second.keys()])].map((step) => {
    const [one, two] = [first.get(step), second.get(step)];
    const pair = <Value>(read: (summary: StepSummary) => Value): Pair<Value> => [
      one === undefined ? null : read(one),
      two === undefined ? null : read(two),
    ];
    return {
      step,
      status: pair((summary) => summary.status),
      cached: pair((summary) => summary.cached),
      attempts: pair((summary) => summary.attempts),
      durationMs: pair((summary) => summary.duration_ms),
      ratio: ratioOf(one, two),
    };
  });
}

function ratioOf(one: StepSummary | undefined, two: StepSummary | undefined): number | null {
  if (one === undefined || two === undefined || one.cached || two.cached) return null;
  return one.duration_ms > 0 && two.duration_ms > 0 ? two.duration_ms / one.duration_ms : null;
}
