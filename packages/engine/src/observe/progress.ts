import type { RunStatus } from "../contracts/store.js";
import type { PlanTrigger } from "../plan/plan.js";
import type { StepStatus } from "./summary.js";

export type StepProgress = {
  readonly name: string;
  readonly status: StepStatus;
  /** Items done and in all for mapped steps; 0/1 or 1/1 otherwise. `count` null: not known yet. */
  readonly done: number;
  readonly count: number | null;
  readonly retried: number;
  readonly cached: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Of a step that was fired more than once: how often, and the time between its activations. */
  readonly activations: number;
  readonly idleMs: number;
  /** Items that wait in the queues in front of it, for all their targets. */
  readonly queued: number;
  /** Time the items that are left will take at the pace so far, and its standard error; null: nothing to tell from. */
  readonly etaMs: number | null;
  readonly etaErrorMs: number | null;
  /** What a step that is not running waits for, why it was skipped or retried, or what it gave (`96 papers`). */
  readonly note: string;
};

/** A conditional link of the root workflow. */
export type GateProgress = {
  readonly name: string;
  readonly condition: string;
  readonly outcome: "unknown" | "open" | "closed" | "refused" | "absent";
  readonly reason: string;
};

/** A trigger of the root workflow that fires steps. Times are epoch ms. */
export type TriggerProgress = {
  readonly name: string;
  readonly kind: PlanTrigger["kind"];
  readonly fired: number;
  readonly lastFiredAt: number | null;
  /** When a timer fires next, or a trigger that failed is tried again; null: nothing is due. */
  readonly dueAt: number | null;
  /** Its failure, whether a condition holds and why; empty: nothing to tell. */
  readonly note: string;
  readonly status: "listening" | "failing" | "off" | "closed";
};

/** A queue of the root workflow. `inFlight`: items that a step works on. */
export type QueueProgress = {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  readonly entered: number;
  readonly capacity: number;
};

export type Progress = {
  readonly status: RunStatus;
  /** Steps of the root workflow that have succeeded, failed or been skipped, and all of them. */
  readonly settled: number;
  readonly total: number;
  /** Attempts under way, over all nested runs. */
  readonly running: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly steps: readonly StepProgress[];
  readonly gates: readonly GateProgress[];
  /** Empty in workflows whose triggers start runs. */
  readonly triggers: readonly TriggerProgress[];
  readonly queues: readonly QueueProgress[];
  /** Over all nested runs; `rolling`: one is under way. The reason is the last one's. */
  readonly rollbacks: { readonly count: number; readonly rolling: boolean; readonly reason: string };
};
