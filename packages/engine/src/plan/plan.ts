import type { ComponentCall } from "../contracts/executor.js";
import type { Handle } from "../contracts/handle.js";
import type { JsonObject, JsonSchema } from "../contracts/json.js";
import type { Amounts } from "../contracts/spending.js";
import type { Diagnostic, Place } from "../document/diagnostic.js";
import type { ErrorHandlingName, MergeName, StrategyName } from "../document/document.js";

/** An input port of a step, or the one port `value` of a unit or output. */
export type PlanPort = {
  readonly name: string;
  /** Incoming links in document order; empty: fed by default or constant only. */
  readonly links: readonly number[];
  readonly merge: MergeName;
  readonly optional: boolean;
  readonly default?: Handle;
  readonly hold: boolean;
  /** Checked when a link delivers. */
  readonly schema?: JsonSchema;
};

export type PlanOutPort = {
  readonly name: string;
  readonly optional: boolean;
  /** Of what one attempt gives: of one item, where the step is mapped. */
  readonly schema?: JsonSchema;
};

export type PlanRecovery = {
  readonly handling: ErrorHandlingName;
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  readonly rollbackOnFailure: boolean;
  /** True when written on the step itself, not inherited from the workflow. */
  readonly own: boolean;
};

export type PlanNode = {
  readonly name: string;
  /** Numbered in this order: all units, then all steps, then all outputs, each in document order. */
  readonly kind: "unit" | "step" | "output";
  readonly place: Place;
  readonly ports: readonly PlanPort[];
  readonly outPorts: readonly PlanOutPort[];
  /** Ports are open: outputs not declared are allowed. */
  readonly openOutputs: boolean;
  /** Outgoing links in document order. Findings are given in this order. */
  readonly outLinks: readonly number[];
  /** Stage under `parallel`: 0 for steps with no step before them. Units take their deepest writer's. */
  readonly depth: number;
  /** Position in topological order over all nodes, ties by document order. */
  readonly rank: number;
  /** Longest path to an end, counted in steps, this one included: the priority under `graph`. */
  readonly tail: number;
  /** Nodes that must have settled first (order only). */
  readonly dependsOn: readonly number[];
  /** Number of the cycle the node is part of; -1: none. */
  readonly knot: number;
  readonly unit?: {
    readonly class: string;
    readonly role: "input" | "parameter" | "result" | "metric";
    readonly path?: string;
    /** What a class that is not built in is told. */
    readonly config?: JsonObject;
    /** The unit of what a queue gave up: its index in `WorkflowPlan.queues`. */
    readonly letters?: number;
  };
  readonly step?: PlanStep;
};

export type PlanStep = {
  /** What an attempt runs; absent for nested workflows. */
  readonly component?: ComponentCall;
  /** Index into `Plan.workflows` of a nested workflow. */
  readonly workflow?: number;
  readonly fallback?: ComponentCall;
  /** Has an `error` port that some link reads. */
  readonly errorLinked: boolean;
  readonly recovery: PlanRecovery;
  /** Per attempt; null: none. */
  readonly timeoutMs: number | null;
  readonly whenAbsent: "skip" | "fail";
  readonly concurrency: number;
  readonly maxActivations: number;
  readonly forEach?: {
    readonly over: number;
    readonly as: string;
    readonly concurrency: number;
    readonly maxFailures: number;
  };
  readonly cache: "off" | "run" | "shared";
  /** True: does something outside besides computing. */
  readonly effects: boolean;
  /** Name of the executor: local, thread, process, parsl. */
  readonly executor: string;
  /** Index into `Plan.demands`. */
  readonly demand: number;
  readonly checkpoint: boolean;
  /** Fired by triggers only: links leave their last token for the snapshot instead of starting it. */
  readonly triggered: boolean;
  readonly repeat?: PlanRepeat;
  /** What ends the waiting of its attempts, once suspended: time, or a person's answer. */
  readonly waits?: "time" | "person";
  /** The decision taken when `timeoutMs` of a waiting step is up. */
  readonly onTimeout?: Handle;
  readonly onRollback?: ComponentCall;
};

export type PlanRepeat = {
  /** A CEL condition over the round's outputs; absent: `max` rounds. */
  readonly until?: string;
  readonly max: number;
  /** Output ports and the input ports of the next round they feed. */
  readonly carry: readonly { readonly output: string; readonly input: string }[];
  readonly onMax: "accept" | "fail";
};

/** Where one trigger leads. */
export type PlanTarget = {
  readonly node: number;
  /** What the firing puts on which input port: `watch` is a position in the trigger's `watch`, -1 its payload. */
  readonly feeds: readonly { readonly watch: number; readonly port: string }[];
};

export type PlanTrigger = {
  readonly name: string;
  readonly place: Place;
  readonly kind: "data_updated" | "timer" | "manual" | "condition" | "folder" | "all" | "any";
  readonly targets: readonly PlanTarget[];
  /** Publishes a progress report when it fires. */
  readonly progress: boolean;
  /** data_updated: units (port `value`) or output ports. */
  readonly watch: readonly { readonly node: number; readonly port: string }[];
  readonly mode: "any" | "all";
  readonly debounceMs: number;
  /** Firings that wait for their step become one, with the latest values. */
  readonly coalesce: boolean;
  readonly timer?: {
    readonly intervalMs?: number;
    readonly cron?: string;
    readonly timezone: string;
    readonly misfire: "skip" | "once" | "all";
    readonly count?: number;
  };
  readonly condition?: string;
  readonly windowMs: number | null;
  readonly rearmMs: number;
  /** The path is relative to the project folder. */
  readonly folder?: { readonly path: string; readonly pattern: string };
  readonly payloadSchema?: JsonSchema;
  /** all, any: positions in `WorkflowPlan.triggers`. */
  readonly members: readonly number[];
  /** Where it starts runs: what becomes of a firing while the run it started before still goes. Absent: it waits for its end. */
  readonly overlap?: "skip" | "cancel";
};

/** A queue link with all its targets. Its links have kind `queue`, one for each target, in the order of `targets`. */
export type PlanQueue = {
  readonly name: string;
  readonly from: { readonly node: number; readonly port: string };
  /** Link numbers, one for each target. The first stands for the queue among the source's `outLinks`. */
  readonly links: readonly number[];
  /** The items of a list travel one by one. */
  readonly each: boolean;
  readonly capacity: number;
  readonly balance: "round_robin" | "least_loaded" | "weighted" | "adaptive";
  /** By target, for `weighted`; default 1 each. */
  readonly weights: readonly number[];
  /** Field whose equal values keep their order. */
  readonly key?: string;
  readonly maxDeliveries: number;
  /** Its unit of dead letters. */
  readonly letters: number;
};

export type PlanLink = {
  readonly name: string;
  readonly kind: "direct" | "transform" | "conditional" | "queue";
  readonly from: { readonly node: number; readonly port: string };
  readonly to: { readonly node: number; readonly port: string };
  readonly place: Place;
  /** Conditional: a CEL condition, or the compiled text of `{field, operator, value}`. */
  readonly condition?: string;
  readonly otherwise?: "skip" | "fail";
  /** Transform: what is run on the value (an expression, a function, or a field mapping), as a step-like call. */
  readonly transform?: ComponentCall;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
  /** Index into `WorkflowPlan.queues`. */
  readonly queue?: number;
  /** It ends at an `each` port of its own cycle: no absence travels over it. */
  readonly back: boolean;
  /** It leaves a cycle: no absence travels over it, but the one of the closing. */
  readonly exit: boolean;
  /** True: nothing to evaluate, and the target port has no schema the source's does not already meet: finding is 0 or 1. */
  readonly plain: boolean;
};

export type WorkflowPlan = {
  readonly name: string;
  readonly file: string;
  readonly version?: string;
  readonly strategy: StrategyName;
  readonly recovery: PlanRecovery;
  readonly timeoutMs: number | null;
  readonly nodes: readonly PlanNode[];
  readonly links: readonly PlanLink[];
  /** Node numbers of the input units, of the steps and of the outputs. */
  readonly inputs: readonly number[];
  readonly steps: readonly number[];
  readonly outputs: readonly number[];
  /** Steps by depth: the stages of `parallel`. */
  readonly stages: readonly (readonly number[])[];
  readonly queues: readonly PlanQueue[];
  /** Of an event-driven workflow they fire steps; of others they start runs, under `serve`. */
  readonly triggers: readonly PlanTrigger[];
  readonly completion: "quiescent" | "outputs" | "manual";
  /** Something in it may roll it back, so its checkpoints keep state. */
  readonly restorable: boolean;
  readonly checkpointIntervalMs: number | null;
  readonly preservePartialResults: boolean;
  /** Most of what calls of models and tools may use up in a run of it. */
  readonly budget?: Amounts;
};

/** What one attempt takes from the pools, by position in `Plan.pools`. */
export type Demand = readonly number[];

export type Pool = { readonly name: string; readonly size: number };

/** A compiled workflow: immutable plain data with no functions in it, pinned to a run by its hash. */
export type Plan = {
  readonly format: 1;
  /** sha-256 over everything below that determines behaviour (not over places, warnings and sources). */
  readonly hash: string;
  readonly name: string;
  readonly description?: string;
  /** The document's path relative to the project folder. */
  readonly file: string;
  /** 0 is the root; nested workflows follow, each document once. */
  readonly workflows: readonly WorkflowPlan[];
  /** Pool sizes the document sets; sizes it leaves open are the host's (`size` -1). */
  readonly pools: readonly Pool[];
  readonly demands: readonly Demand[];
  readonly executors: { readonly [name: string]: JsonObject };
  /** Executors that the document names and others stand in for: a warning of each run. */
  readonly standIns?: readonly string[];
  readonly hooks: {
    readonly onFailure?: ComponentCall;
    readonly onSuccess?: ComponentCall;
    readonly onPause?: ComponentCall;
  };
  readonly monitoring: JsonObject;
  readonly warnings: readonly Diagnostic[];
};
