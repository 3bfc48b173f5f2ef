import type { Usage } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { JsonObject } from "../contracts/json.js";

/**
 * The journal's vocabulary. `seq` counts 1..n over the whole run tree, `at` is epoch ms, `run` is the index of the run
 * in its tree (0 is the root), `node` and link numbers are positions in that run's WorkflowPlan, `n` is the activation
 * (1-based), `c` the cell: the item's index in a map, 0 otherwise. *Inputs* come from the world through the host;
 * *decisions* are the kernel's.
 */
export type Stamp = { readonly seq: number; readonly at: number };
export type Cell = { readonly run: number; readonly node: number; readonly n: number; readonly c: number };
export type Activation = { readonly run: number; readonly node: number; readonly n: number };

/**
 * What one link carried, found by the host. 1: the port's own value. 0: absence, as the port has no value.
 * `value`: a transformed value. `passed`: the port's own value through a gate, with the condition's reason. `closed`: the gate's condition did not hold, with its reason. `refused`: function, condition or
 * schema failed.
 */
export type Finding =
  | 0
  | 1
  | { readonly value: Handle }
  | { readonly passed: string }
  | { readonly closed: string }
  | { readonly refused: Failure };

export type PortValues = { readonly [port: string]: Handle };

/** Where a result came from, when no attempt ran for it. */
export type CacheNote = {
  readonly key: string;
  readonly outcome: "hit" | "miss" | "stored";
  /** The run whose result was used, or why the key missed: the parts that changed. */
  readonly from?: string;
  readonly changed?: readonly string[];
};

export type Input =
  | {
      readonly type: "run.created";
      readonly id: string;
      readonly name: string;
      readonly workflow: string;
      readonly plan: string;
      readonly format: 1;
      /** Milliseconds each phase of loading took: configuration, validation, dependency, initialization. */
      readonly phases: { readonly [phase: string]: number };
      readonly options: JsonObject;
      /** Set on a rerun: the run this one was forked from, and the step. */
      readonly forked?: { readonly from: string; readonly step: string };
    }
  | { readonly type: "run.started"; readonly run: 0; readonly workflow: 0; readonly inputs: PortValues }
  /** A unit or an output received its tokens. No value: a schema refused it (`failure`). `links` by position in `outLinks`. */
  | {
      readonly type: "unit.updated";
      readonly run: number;
      readonly node: number;
      readonly n: number;
      readonly value?: Handle;
      readonly links: readonly Finding[];
      readonly failure?: Failure;
    }
  /** How many items a mapped activation has; `failure` when its collection is no list. */
  | (Activation & { readonly type: "activation.measured"; readonly count: number; readonly failure?: Failure })
  | (Cell & {
      readonly type: "attempt.succeeded";
      readonly id: number;
      readonly out: PortValues;
      /** By position in the node's `outLinks`; empty for items of a map (they are gathered first). */
      readonly links: readonly Finding[];
      readonly usage?: Usage;
      readonly cache?: CacheNote;
    })
  | (Cell & {
      readonly type: "attempt.failed";
      readonly id: number;
      readonly failure: Failure;
      /** What the `error` port's links would carry; by position in `outLinks`. */
      readonly links: readonly Finding[];
      /** 0 <= jitter < 1, for the delay of a retry. */
      readonly jitter: number;
      readonly usage?: Usage;
    })
  /** The attempt's process died, or was drained. Costs no retry; `crash` counts towards the poison guard. */
  | (Cell & { readonly type: "attempt.lost"; readonly id: number; readonly cause: "crash" | "drain" })
  | (Cell & { readonly type: "effect.recorded"; readonly id: number; readonly name: string; readonly value: Handle })
  /** All items or the child run of an activation are done: its outputs put together, and what its links carry. */
  | (Activation & {
      readonly type: "activation.gathered";
      readonly out: PortValues;
      readonly links: readonly Finding[];
      /** The values could not be put together (a blob is gone or damaged). */
      readonly failure?: Failure;
    })
  /** Settled in another run and taken over from it (rerun, `resume --updated`). */
  | (Activation & {
      readonly type: "activation.reused";
      readonly status: "succeeded" | "skipped" | "failed";
      readonly out: PortValues;
      readonly links: readonly Finding[];
      readonly from: string;
    })
  | { readonly type: "run.paused"; readonly by: string }
  | { readonly type: "run.unpaused"; readonly by: string }
  /** A failed run is tried again: failed activations anew, with fresh budgets. */
  | { readonly type: "run.resumed"; readonly by: string }
  | { readonly type: "run.cancelled"; readonly by: string; readonly reason: string }
  /** The process that drove the run is gone or lets go; another (or the same) goes on. */
  | { readonly type: "run.released"; readonly cause: "drain" }
  | { readonly type: "run.taken"; readonly epoch: number; readonly by: string }
  | { readonly type: "warning.raised"; readonly run: number; readonly code: string; readonly message: string };

export type Handling = "continue" | "stop" | "rollback";

export type Decision =
  | {
      readonly type: "run.started";
      readonly run: number;
      /** Index into `plan.workflows`. */
      readonly workflow: number;
      /** The step's cell that this child run is the attempt of. Its inputs are that cell's. */
      readonly parent: Cell;
    }
  /** A stopped child run goes on, as its step is tried again. */
  | { readonly type: "run.reopened"; readonly run: number; readonly parent: Cell }
  /** Inputs are taken; for mapped steps the host measures next. Unmapped steps start with their first attempt or child run. */
  | (Activation & { readonly type: "activation.started" })
  | (Activation & { readonly type: "activation.skipped"; readonly port: string; readonly reason: string })
  | (Cell & { readonly type: "attempt.started"; readonly attempt: number; readonly fallback: boolean })
  | (Cell & { readonly type: "retry.scheduled"; readonly due: number; readonly retry: number; readonly reason: string })
  | (Cell & { readonly type: "retry.due" })
  | (Cell & { readonly type: "fallback.chosen"; readonly reason: string })
  /** An item, or the child run of an item, failed for good. */
  | (Cell & { readonly type: "item.failed"; readonly failure: Failure })
  | (Activation & {
      readonly type: "activation.failed";
      readonly handling: Handling;
      readonly failure: Failure;
      readonly reason: string;
    })
  | { readonly type: "stage.reached"; readonly run: number; readonly stage: number }
  /** The run's time is up: running attempts are aborted, then it fails. */
  | { readonly type: "run.stopping"; readonly run: number; readonly cause: Failure }
  | { readonly type: "run.failed"; readonly run: number; readonly cause: Failure }
  | { readonly type: "run.closed"; readonly run: number; readonly status: "cancelled" }
  | { readonly type: "run.completed"; readonly run: number };

export type Unstamped = Input | Decision;
export type RunEvent = Stamp & Unstamped;
