import type { Ask, Usage } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { JsonObject } from "../contracts/json.js";
import type { RunStatus } from "../contracts/store.js";
import type { CacheNote, Cell, Finding, Handling, PortValues } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import type { StepStatus } from "./summary.js";
import type { FiringTrace, QueueTrace, RollbackTrace, TriggerTrace } from "./trace-reactions.js";

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
  | { readonly kind: "dead_letter"; readonly at: number }
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
  /** Of a loop: 1-based. */
  readonly round?: number;
  endedAt: number | null;
  /** Number of the event that ended it. */
  endedIn?: number;
  /** `asked`: its code asked a person; with the answer the next attempt runs. */
  outcome: "running" | "waiting" | "asked" | "succeeded" | "failed" | "crashed" | "drained";
  failure?: Failure;
  wait?: WaitTrace;
  /** The condition of the loop, judged after it. */
  judged?: { readonly stop: boolean; readonly reason: string };
  /** A rollback took back what it did. */
  undoneAt?: number;
  usage?: Usage;
  cache?: CacheNote;
  decision?: AttemptDecision;
  /** What the links of the `error` port would carry, by position in `outLinks`. */
  errorLinks?: readonly Finding[];
};

/** What a suspended attempt waits for, and what ended it. */
export type WaitTrace = {
  readonly since: number;
  /** Epoch ms. */
  readonly until?: number;
  readonly ask?: Ask;
  /** Of a question of the step's code. */
  readonly name?: string;
  ended?: { readonly at: number; readonly by: "moment" | "timeout" | "answer"; readonly who: string };
};

/** One item of a mapped activation; the only cell (0) of any other. */
export type CellTrace = {
  readonly c: number;
  status: "pending" | "running" | "waiting" | "retrying" | "succeeded" | "failed";
  /** Of a loop: the round it is in. */
  round?: number;
  attempts: AttemptTrace[];
  out?: PortValues;
  failure?: Failure;
  fallbackReason?: string;
  /** The run it was taken over from. */
  reusedFrom?: string;
};

export type ActivationTrace = {
  readonly n: number;
  /** Number of the event that began it. */
  readonly seq: number;
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
  /** Of a triggered step. */
  firing?: FiringTrace;
  /** Values sent while it ran, by port. */
  emits?: Map<string, number>;
  /** Number of the event that settled it. */
  settledIn?: number;
};

/** What a link carried last. `closed`: the absence of the end of the run, as nothing else was to come. */
export type CarriedTrace = {
  readonly finding: Finding;
  readonly at: number;
  readonly seq: number;
  /** How many tokens it carried. */
  readonly count: number;
  readonly closed?: true;
  /** What it carried before; kept where a rollback may go back to it. */
  readonly before?: CarriedTrace;
};

/** A unit or output: its last version, or why it has none. */
export type UnitTrace = {
  readonly at: number;
  readonly seq: number;
  readonly before?: UnitTrace;
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
  /** Number of the event that started it. */
  readonly seq: number;
  readonly startedAt: number;
  /** Of the root; a child run's are its cell's. */
  readonly inputs: PortValues;
  endedAt: number | null;
  /** Number of the event that ended it. */
  endedIn?: number;
  status: RunStatus;
  /** By node; empty for steps that never started. */
  readonly activations: (ActivationTrace[] | undefined)[];
  /** By node, for units and outputs: their last version. */
  readonly units: (UnitTrace | undefined)[];
  /** By link. */
  readonly carried: (CarriedTrace | undefined)[];
  cause?: { readonly failure: Failure; readonly at: number };
  /** By position in the plan. */
  readonly triggers: TriggerTrace[];
  readonly queues: QueueTrace[];
  /** Firings that wait for their step, by node, oldest first. */
  readonly firings: Map<number, FiringTrace[]>;
  /** By node: attempts that a rollback took back, with all of the activation they were of. */
  readonly undone: Map<number, AttemptTrace[]>;
  readonly rollbacks: RollbackTrace[];
  /** By node: what it had given when a rollback took it back, last; kept where the document asks to (`preserve_partial_results`). */
  readonly partial: Map<number, PortValues>;
  /** When its triggers closed. */
  closingAt?: number;
  /** A rollback of a run around it took it back. */
  takenBack?: boolean;
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
  /** Number of the event that is folded, or was last. */
  lastSeq: number;
  /** Time spent running: without pauses, and without the time nobody drove the run. */
  activeMs: number;
  /** Since when it is running; null while paused, ended or released. */
  activeSince: number | null;
  phases: { readonly [phase: string]: number };
  options: JsonObject;
  forked?: { readonly from: string; readonly step: string };
  cancelled?: { readonly by: string; readonly reason: string; readonly at: number };
  /** Some workflow of the plan may be rolled back: what was before is kept. */
  readonly restorable: boolean;
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
    lastSeq: 0,
    activeMs: 0,
    activeSince: null,
    phases: {},
    options: {},
    restorable: plan.workflows.some((workflow) => workflow.restorable),
    runs: [],
    warnings: [],
  };
}

/** When a run, or one around it, came to its end; null: all of them go on. */
export function stoppedAt(trace: Trace, run: RunTrace): number | null {
  for (
    let at: RunTrace | undefined = run;
    at !== undefined;
    at = at.parent === null ? undefined : trace.runs[at.parent.run]
  )
    if (at.endedAt !== null) return at.endedAt;
  return null;
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
  const open = run.activations[node]?.findLast((one) => one.status === "running");
  if (open === undefined) return last.status;
  if (trace.status === "cancelled") return "cancelled";
  const cells = [...open.cells.values()];
  const has = (status: CellTrace["status"]) => cells.some((cell) => cell.status === status);
  if (has("running")) return "running";
  if (has("retrying")) return "retrying";
  return has("waiting") ? "waiting" : "running";
}

/** True when each of its links carried a token and each step it depends on has settled. */
export function isReady(run: RunTrace, node: number): boolean {
  const planned = run.plan.nodes[node];
  if (planned === undefined) return false;
  if (planned.step?.triggered === true) return (run.firings.get(node)?.length ?? 0) > 0;
  const linked = planned.ports.every((port) => port.links.every((link) => run.carried[link] !== undefined));
  return linked && planned.dependsOn.every((before) => settledAt(run, before) !== null);
}
