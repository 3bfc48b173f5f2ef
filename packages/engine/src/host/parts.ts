import type { Admission } from "../admit/admission.js";
import type { WorkflowAnswer, WorkflowCall } from "../contracts/executor.js";
import type { Secrets } from "../contracts/secrets.js";
import type { ValueParts } from "../values/parts.js";
import type { Commits } from "./commits.js";
import type { Ledger } from "./ledger.js";

/** The attempt that calls a workflow. */
export type Caller = {
  readonly runId: string;
  readonly runName: string;
  /** Which run of its tree the step is of. */
  readonly within: number;
  readonly step: string;
  /** The attempt's idempotency key. */
  readonly key: string;
  readonly project: string;
  /** Aborts when the attempt is to end. */
  readonly signal: AbortSignal;
  /** True: the process lets the calling run go, and what it called goes on later, too. */
  isLetGo(): boolean;
  log(level: "info" | "warn", text: string): void;
  /** Waits for a run that may wait for a clock: its caller does nothing meanwhile. */
  away<T>(waiting: Promise<T>): Promise<T>;
};

/** What the host works with; the composition root supplies it. */
export type HostParts = ValueParts & {
  readonly admission: Admission;
  /** Secrets as seen from a project folder. */
  secrets(project: string): Secrets;
  readonly commits: Commits;
  /** Runs a workflow that a step calls. Rejects with its failure. Undefined: none can be called here. */
  callWorkflow?(caller: Caller, call: WorkflowCall): Promise<WorkflowAnswer>;
  /** What a run that this host drives has used up. */
  ledgerOf?(runId: string): Ledger | undefined;
  /** Another run of this host may have what is free now. */
  offer(runId: string): void;
};
