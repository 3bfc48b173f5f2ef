import type { StandardSchema } from "../../components/standard-schema.js";
import type { Json, JsonObject, JsonSchema } from "../../contracts/json.js";
import type { AnyClass, ConfigKey, FedPorts, SentPorts } from "./class-ports.js";
import type { InputSpec, LinkClass, LinkSpec } from "./link-specs.js";
import type { RefsOf, Sources, Targets, Units } from "./reference-pairs.js";

type Duration = number | string;
type Handling = "continue" | "stop" | "retry" | "rollback";
type Remarks = {
  readonly description?: string;
  readonly metadata?: JsonObject;
  readonly [note: `x-${string}`]: unknown;
};

/** `class` + `config` of what runs beside the workflow's own steps. */
export type Component = {
  readonly class: AnyClass;
  readonly config?: { readonly [key: string]: unknown } | string;
  readonly description?: string;
};

type EachSpec = {
  readonly over: string;
  readonly as?: string;
  readonly concurrency?: number;
  readonly max_failures?: number;
};

type Repeat<C, E> = {
  readonly until?: string;
  readonly max?: number;
  readonly carry?: { readonly [O in keyof SentPorts<C, undefined>]?: keyof FedPorts<C, E> & string };
  readonly on_max?: "accept" | "fail";
};

/** A step of class `C`, mapped as `E` says, in a workflow with the sources `P`. */
type StepSpec<C, E, P, Steps extends string> = Remarks & {
  readonly inputs?: { readonly [I in keyof FedPorts<C, E>]?: InputSpec<P, FedPorts<C, E>[I]> };
  /** Declares output ports of classes with open ports. */
  readonly outputs?:
    | readonly string[]
    | {
        readonly [port: string]: { readonly schema?: StandardSchema | JsonSchema; readonly optional?: boolean } | null;
      };
  readonly error_handling?: Handling;
  readonly max_retries?: number;
  readonly retry_delay?: Duration;
  readonly timeout?: Duration;
  readonly fallback?: Component;
  readonly on_rollback?: Component;
  readonly on_timeout?: Json;
  readonly resources?: { readonly [pool: string]: number | string };
  readonly executor?: string | Component;
  readonly cache?: "off" | "run" | "shared";
  readonly checkpoint?: boolean;
  readonly depends_on?: readonly Steps[];
  readonly when_absent?: "skip" | "fail";
  readonly concurrency?: number;
  readonly max_activations?: number;
  readonly for_each?: EachSpec;
  readonly repeat?: Repeat<C, E>;
};

type TriggerSpec<P, Q, Steps extends string> = {
  readonly class: string;
  readonly description?: string;
  readonly config?: {
    readonly watch_data_units?: readonly RefsOf<P>[];
    readonly step_targets?: readonly (Steps | RefsOf<Q> | "progress_monitoring")[];
    readonly [key: string]: unknown;
  };
};

/** The parts of a workflow that name nothing else of it. */
type Settings = Remarks & {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  readonly class?: string;
  readonly version?: string | number;
  /** A module with functions that are named, from the project's folder. */
  readonly module?: string;
  readonly execution_strategy?: "sequential" | "parallel" | "graph" | "graph_based" | "event_driven";
  readonly error_handling?: Handling;
  readonly error_handling_config?: {
    readonly max_retries?: number;
    readonly retry_delay?: Duration;
    readonly timeout?: Duration;
    readonly rollback_on_failure?: boolean;
    readonly preserve_partial_results?: boolean;
  };
  readonly on_failure?: Component;
  readonly on_success?: Component;
  readonly on_pause?: Component;
  readonly completion?: "quiescent" | "outputs" | "manual";
  readonly executor?: string | Component;
  readonly resources?: { readonly [pool: string]: number | string };
  readonly monitoring?: {
    readonly enable_progress_tracking?: boolean;
    readonly checkpoint_interval?: Duration;
    readonly metrics_collection?: boolean;
    readonly real_time_updates?: boolean;
    readonly performance_optimization?: boolean;
  };
};

/**
 * A workflow in the words of documents. The compiler learns classes `C` and maps `E` of the steps, the units `U` `O` `D`,
 * and the classes `L` and ends `S` `T` of the links; with these it checks every name and every value that flows.
 */
export type WorkflowSpec<U extends Units, O extends Units, D extends Units, C, E, L, S, T> = Settings & {
  readonly input_data_units?: U;
  readonly output_data_units?: O;
  readonly data_units?: D;
  readonly steps: {
    readonly [K in keyof C]: { readonly class: C[K] } & ConfigKey<C[K]> &
      StepSpec<C[K], K extends keyof E ? E[K] : undefined, Sources<U, O, D, C, E, L>, keyof C & string>;
  } & { readonly [K in keyof E]: { readonly for_each?: E[K] } };
  readonly links?: {
    readonly [K in keyof S]: {
      readonly config: { readonly source: S[K] | RefsOf<Sources<U, O, D, C, E, L>> };
    } & LinkSpec<S[K], K extends keyof T ? T[K] : never, Sources<U, O, D, C, E, L>, Targets<O, D, C, E>>;
  } & { readonly [K in keyof L]: { readonly class: L[K] | LinkClass } } & {
    readonly [K in keyof T]: { readonly config: { readonly target?: T[K] | RefsOf<Targets<O, D, C, E>> } };
  };
  readonly triggers?: {
    readonly [name: string]: TriggerSpec<Sources<U, O, D, C, E, L>, Targets<O, D, C, E>, keyof C & string>;
  };
};
