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

/** What `run --json` prints, apart from outputs. */
export type RunSummary = {
  readonly run_id: string;
  readonly name: string;
  readonly workflow: string;
  readonly plan_hash: string;
  readonly status: RunStatus;
  readonly steps: { readonly [name: string]: StepSummary };
  readonly failures: readonly { readonly step: string; readonly failure: Failure; readonly handling: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly duration_ms: number;
};
