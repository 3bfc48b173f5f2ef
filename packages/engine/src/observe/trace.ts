import type { Usage } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { JsonObject } from "../contracts/json.js";
import type { RunStatus } from "../contracts/store.js";
import type { CacheNote, Cell, Finding, Handling, PortValues } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import type { StepStatus } from "./summary.js";

/** What was decided when an attempt or a child run had failed. */
export type AttemptDecision =
  | {
      readonly kind: "retry";
      readonly at: number;
      readonly dueAt: number;
      readonly retry: number;
      readonly reason: string;
    }
  | { readonly kind: "fallback"; readonly at: number; readonly reason: string }
  | { readonly kind: "item_failed"; readonly at: number }
  | { readonly kind: "failed"; readonly at: number; readonly handling: Handling; readonly reason: string };

export type AttemptTrace = {
  /** Number of the event that started it. For a nested workflow: of its `run.started`. */
  readonly id: number;
  /** 1-based, over all tries of the activation or item. */
  readonly attempt: number;
  readonly fallback: boolean;
  readonly startedAt: number;
  /** Set when the attempt was a child run: its number in the tree. */
  readonly run?: number;
  endedAt: number | null;
  outcome: "running" | "succeeded" | "failed" | "crashed" | "drained";
  failure?: Failure;
  usage?: Usage;
  cache?: CacheNote;
  decision?: AttemptDecision;
  /** What the links of the `error` port would carry, by position in `outLinks`. */
  errorLinks?: readonly Finding[];
};

/** One item of a mapped activation; the only cell (0) of any other. */
export type CellTrace = {
  readonly c: number;
  status: "pending" | "running" | "retrying" | "succeeded" | "failed";
  attempts: AttemptTrace[];
  out?: PortValues;
  failure?: Failure;
  fallbackReason?: string;
};

export type ActivationTrace = {
  readonly n: number;
  readonly startedAt: number;
  endedAt: number | null;
  status: "running" | "succeeded" | "failed" | "skipped" | "cancelled";
  readonly cells: Map<number, CellTrace>;
  /** Items of a map; null: not measured, or not mapped. */
  count: number | null;
  out: PortValues;
  skipped?: { readonly port: string; readonly reason: string };
  failure?: Failure;
  handling?: Handling;
  reason?: string;
  /** The run its result was taken over from. */
  reusedFrom?: string;
};

/** What a link carried last. */
export type CarriedTrace = { readonly finding: Finding; readonly at: number };

/** A unit or output: its last version, or why it has none. */
export type UnitTrace = {
  readonly at: number;
  readonly n: number;
  readonly value?: PortValues[string];
  readonly skipped?: { readonly port: string; readonly reason: string };
  readonly failure?: Failure;
  /** With a failure: nothing goes on from here. */
  readonly stopped?: boolean;
  readonly reason?: string;
  readonly reusedFrom?: string;
};

export type RunTrace = {
  readonly index: number;
  readonly workflow: number;
  readonly plan: WorkflowPlan;
  readonly parent: Cell | null;
  readonly startedAt: number;
  /** Of the root; a child run's are its cell's. */
  readonly inputs: PortValues;
  endedAt: number | null;
  status: RunStatus;
  /** By node; empty for steps that never started. */
  readonly activations: (ActivationTrace[] | undefined)[];
  /** By node, for units and outputs: their last version. */
  readonly units: (UnitTrace | undefined)[];
  /** By link. */
  readonly carried: (CarriedTrace | undefined)[];
  cause?: { readonly failure: Failure; readonly at: number };
};

/** A journal laid out by run, step, activation, item and attempt: what every view that looks back is made from. */
export type Trace = {
  readonly plan: Plan;
  id: string;
  name: string;
  planHash: string;
  status: RunStatus;
  createdAt: number | null;
  lastAt: number;
  /** Time spent running: without pauses, and without the time nobody drove the run. */
  activeMs: number;
  /** Since when it is running; null while paused, ended or released. */
  activeSince: number | null;
  phases: { readonly [phase: string]: number };
  options: JsonObject;
  forked?: { readonly from: string; readonly step: string };
  cancelled?: { readonly by: string; readonly reason: string; readonly at: number };
  readonly runs: (RunTrace | undefined)[];
  readonly warnings: { readonly run: number; readonly code: string; readonly message: string }[];
};

export function emptyTrace(plan: Plan): Trace {
  return {
    plan,
    id: "",
    name: "",
    planHash: plan.hash,
    status: "pending",
    createdAt: null,
    lastAt: 0,
    activeMs: 0,
    activeSince: null,
    phases: {},
    options: {},
    runs: [],
    warnings: [],
  };
}

/** The last activation of a node. */
export function lastActivation(run: RunTrace, node: number): ActivationTrace | undefined {
  return run.activations[node]?.at(-1);
}

/** Whether a node has settled: succeeded, skipped, or failed and passed over. */
export function settledAt(run: RunTrace, node: number): number | null {
  const unit = run.units[node];
  if (unit !== undefined) return unit.stopped === true ? null : unit.at;
  const last = lastActivation(run, node);
  if (last === undefined || last.endedAt === null) return null;
  return last.status === "failed" && last.handling !== "continue" ? null : last.endedAt;
}

/** The status of a step as shown, also of one that has not started. */
export function stepStatus(trace: Trace, run: RunTrace, node: number): StepStatus {
  const last = lastActivation(run, node);
  const ended = run.status === "completed" || run.status === "failed" || run.status === "cancelled";
  if (last === undefined) {
    if (run.status === "cancelled" || trace.status === "cancelled") return "cancelled";
    return ended || trace.status === "failed" ? "pending" : isReady(run, node) ? "ready" : "waiting";
  }
  if (last.status !== "running") return last.status;
  if (trace.status === "cancelled") return "cancelled";
  const cells = [...last.cells.values()];
  const retrying = cells.some((cell) => cell.status === "retrying") && !cells.some((cell) => cell.status === "running");
  return retrying ? "retrying" : "running";
}

/** True when each of its links carried a token and each step it depends on has settled. */
export function isReady(run: RunTrace, node: number): boolean {
  const planned = run.plan.nodes[node];
  if (planned === undefined) return false;
  const linked = planned.ports.every((port) => port.links.every((link) => run.carried[link] !== undefined));
  return linked && planned.dependsOn.every((before) => settledAt(run, before) !== null);
}
