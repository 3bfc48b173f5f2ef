import type { Failure } from "../contracts/failure.js";
import type { RunStatus } from "../contracts/store.js";

export type StepStatus =
  | "pending"
  | "waiting"
  | "ready"
  | "running"
  | "retrying"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled";

export type StepSummary = {
  readonly status: StepStatus;
  /** Attempts that ran: a result from the cache or from another run counts none. */
  readonly attempts: number;
  readonly activations: number;
  readonly duration_ms: number;
  readonly cached: boolean;
  readonly error?: Failure;
  /** One per item of a mapped step, in input order. */
  readonly items?: readonly StepSummary[];
  /** The child run of a nested workflow. */
  readonly run?: { readonly status: RunStatus; readonly steps: { readonly [name: string]: StepSummary } };
};

/** A queue: items that came, that wait, that a step works on, and dead letters. */
export type QueueSummary = {
  readonly entered: number;
  readonly waiting: number;
  readonly in_flight: number;
  readonly dead: number;
  readonly capacity: number;
};

/** What `run --json` prints, apart from outputs. */
export type RunSummary = {
  readonly run_id: string;
  readonly name: string;
  readonly workflow: string;
  readonly plan_hash: string;
  readonly status: RunStatus;
  readonly steps: { readonly [name: string]: StepSummary };
  readonly failures: readonly { readonly step: string; readonly failure: Failure; readonly handling: string }[];
  /** Of the root workflow, by name; absent where it has none. */
  readonly queues?: { readonly [name: string]: QueueSummary };
  /** Of an event-driven root workflow, by name; absent where it has none. */
  readonly triggers?: { readonly [name: string]: { readonly fired: number; readonly last_fired_at: number | null } };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly duration_ms: number;
};
