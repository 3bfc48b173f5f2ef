import type { Ask, Usage } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { JsonObject } from "../contracts/json.js";
import type { CallNote } from "../contracts/spending.js";

/**
 * The journal's vocabulary. `seq` counts 1..n over the whole run tree, `at` is epoch ms, `run` is the index of the run
 * in its tree (0 is the root), `node` and link numbers are positions in that run's WorkflowPlan, `n` is the activation
 * (1-based), `c` the cell: the item's index in a map, 0 otherwise. *Inputs* come from the world through the host;
 * *decisions* are the kernel's.
 */
export type Stamp = {
  readonly seq: number;
  readonly at: number;
  /** Id of the request it was journaled for, when another process asked: a request takes effect once. */
  readonly request?: string;
};
export type Cell = { readonly run: number; readonly node: number; readonly n: number; readonly c: number };
/** A trigger of a run: its position in `WorkflowPlan.triggers`. */
export type Trigger = { readonly run: number; readonly trigger: number };
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
  | { readonly refused: Failure }
  | Queued;

/**
 * What entered a queue (the finding of the queue's first link): the port's value as one item, or each of its `count` items. `keys`:
 * by item, a number (32 bits) that is the same for equal keys. `invalid`: items a schema refused, by position; they are dead letters at once.
 */
export type Queued = {
  readonly queued: number;
  readonly each: boolean;
  readonly keys?: readonly number[];
  readonly invalid?: readonly (readonly [item: number, failure: Failure])[];
};

export type PortValues = { readonly [port: string]: Handle };

/** Where a result came from, when no attempt ran for it. */
export type CacheNote = {
  readonly key: string;
  readonly outcome: "hit" | "miss" | "stored";
  /** The run whose result was used, or why the key missed: the parts that changed. */
  readonly from?: string;
  readonly changed?: readonly string[];
};

/**
 * From outside (manual, folder), or decided, `by` then being the trigger's kind. `key`: a firing of the same key is dropped.
 */
export type TriggerFired = Trigger & {
  readonly type: "trigger.fired";
  readonly payload?: Handle;
  readonly key?: string;
  readonly by: string;
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
      /** By workflow of the plan and node: the more, the earlier it goes, under `graph`. Left out: the longest path of steps goes first. */
      readonly urgency?: readonly (readonly number[])[];
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
  | (Cell & {
      readonly type: "effect.recorded";
      readonly id: number;
      readonly name: string;
      readonly value: Handle;
      /** It was a call of a model or tool. */
      readonly call?: CallNote;
    })
  /** All items or the child run of an activation are done: its outputs put together, and what its links carry. */
  | (Activation & {
      readonly type: "activation.gathered";
      readonly out: PortValues;
      readonly links: readonly Finding[];
      /** The values could not be put together (a blob is gone or damaged). */
      readonly failure?: Failure;
    })
  /** Sent on a port by an attempt that goes on. `index` counts the port's emits in this activation from 0; `links` as in `attempt.succeeded`. */
  | (Cell & {
      readonly type: "attempt.emitted";
      readonly id: number;
      readonly port: string;
      readonly index: number;
      readonly value: Handle;
      readonly links: readonly Finding[];
    })
  /**
   * The attempt is over and its cell waits: until a moment (epoch ms), or for a person's answer. `name`: the step's code asked; it runs
   * again with the answer, which is kept beside its effects.
   */
  | (Cell & {
      readonly type: "attempt.suspended";
      readonly id: number;
      readonly until?: number;
      readonly ask?: Ask;
      readonly name?: string;
      readonly usage?: Usage;
    })
  /** The answer to an ask (of that `name`): what the step's ports give (`decision`, `by`, `at`). */
  | (Cell & { readonly type: "wait.answered"; readonly name?: string; readonly out: PortValues; readonly by: string })
  /** Whether a round of a loop was the last by its condition. `failure`: the condition could not be looked at. */
  | (Cell & {
      readonly type: "round.judged";
      readonly stop: boolean;
      readonly reason: string;
      readonly failure?: Failure;
    })
  | TriggerFired
  /** When a timer is due next, after it fired or was first looked at; null: never again. */
  | (Trigger & { readonly type: "trigger.armed"; readonly due: number | null; readonly missed: number })
  /** The condition's value changed. */
  | (Trigger & { readonly type: "trigger.evaluated"; readonly holds: boolean; readonly reason: string })
  /** It could not be evaluated or watched. 0 <= jitter < 1. */
  | (Trigger & { readonly type: "trigger.failed"; readonly failure: Failure; readonly jitter: number })
  | {
      readonly type: "unit.set";
      readonly run: number;
      readonly node: number;
      readonly value: Handle;
      readonly by: string;
    }
  /** Triggers close; what was begun ends, then the run completes. */
  | { readonly type: "run.finished"; readonly by: string }
  /** The end of an `on_rollback` component's attempt. */
  | (Cell & { readonly type: "undo.ended"; readonly id: number; readonly failure?: Failure })
  /** A component that follows the end of the run has ended. Changes nothing. */
  | { readonly type: "hook.ended"; readonly hook: "on_failure" | "on_success" | "on_pause"; readonly failure?: Failure }
  /** An item of a mapped activation that is taken over from another run. */
  | (Cell & { readonly type: "item.reused"; readonly out: PortValues; readonly from: string })
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
  /** The next round of a loop begins. */
  | (Cell & { readonly type: "round.started"; readonly round: number })
  /** A waiting cell's moment has come, or the time for an answer is up (`late`). `out`: what it gives; absent: it failed as timed out. */
  | (Cell & { readonly type: "wait.over"; readonly late: boolean; readonly out?: PortValues })
  | TriggerFired
  | (Trigger & { readonly type: "trigger.retried"; readonly due: number; readonly retry: number })
  /** Out of retries: the error strategy decides. Under `continue` the trigger is switched off. */
  | (Trigger & { readonly type: "trigger.escalated"; readonly handling: Handling; readonly failure: Failure })
  /** An item was delivered as often as allowed, or refused: it is a dead letter. Its activation fails as under `continue`. */
  | (Activation & { readonly type: "item.dead"; readonly failure: Failure })
  /** Only held attempts are left: the first full queue in the document has room for so many now. */
  | { readonly type: "queue.grown"; readonly run: number; readonly queue: number; readonly capacity: number }
  /** Quiescent: triggers close. */
  | { readonly type: "run.closing"; readonly run: number }
  /** Links that carry one absence each, as nothing else will come. `stuck`: a neighbour of theirs waited for them. */
  | {
      readonly type: "link.closed";
      readonly run: number;
      readonly links: readonly number[];
      readonly stuck: readonly number[];
    }
  /** A unit that collects has all it will get. */
  | { readonly type: "unit.collected"; readonly run: number; readonly node: number }
  | { readonly type: "checkpoint.taken"; readonly run: number; readonly reason: string }
  /** Attempts of the run and below it are aborted, then `on_rollback` components run, newest first. */
  | {
      readonly type: "rollback.started";
      readonly run: number;
      /** Number of the checkpoint's event. */
      readonly to: number;
      readonly cause: Failure;
      /** True: the run stops there (`rollback_on_failure`). */
      readonly stop: boolean;
    }
  /** `rolling`: the run that rolls back. The cell's own run may be gone. */
  | (Cell & { readonly type: "undo.started"; readonly rolling: number })
  | { readonly type: "run.rolledback"; readonly run: number; readonly to: number; readonly rollbacks: number }
  | { readonly type: "stage.reached"; readonly run: number; readonly stage: number }
  /** The run's time is up: running attempts are aborted, then it fails. */
  | { readonly type: "run.stopping"; readonly run: number; readonly cause: Failure }
  | { readonly type: "run.failed"; readonly run: number; readonly cause: Failure }
  | { readonly type: "run.closed"; readonly run: number; readonly status: "cancelled" }
  | { readonly type: "run.completed"; readonly run: number };

export type Unstamped = Input | Decision;
export type RunEvent = Stamp & Unstamped;
