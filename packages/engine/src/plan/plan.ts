import type { ComponentCall } from "../contracts/executor.js";
import type { Handle } from "../contracts/handle.js";
import type { JsonObject, JsonSchema } from "../contracts/json.js";
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
  readonly unit?: {
    readonly class: string;
    readonly role: "input" | "parameter" | "result" | "metric";
    readonly path?: string;
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
  readonly hooks: {
    readonly onFailure?: ComponentCall;
    readonly onSuccess?: ComponentCall;
    readonly onPause?: ComponentCall;
  };
  readonly monitoring: JsonObject;
  readonly warnings: readonly Diagnostic[];
};
