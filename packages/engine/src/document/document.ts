import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import type { Amounts } from "../contracts/spending.js";
import type { Diagnostic, Place } from "./diagnostic.js";

/** Keys and indexes from the top of a file's merged tree, such as `["steps", "read", "class"]`. */
export type Path = readonly (string | number)[];

/** Finds the place of any path of a document, through `extends` and includes. A missing path gives its nearest parent. */
export interface Places {
  of(path: Path, part?: "key" | "value"): Place;
  /** Position inside a string value: `offset` is a UTF-16 index into the value as written on one line. */
  inside(path: Path, offset: number, length: number): Place;
  /** The text of a value that is a number or boolean only because an environment variable's text reads like one. */
  environmentText?(path: Path): string | undefined;
  diagnostic(
    severity: "error" | "warning",
    code: string,
    path: Path,
    message: string,
    options?: {
      readonly hint?: string;
      readonly part?: "key" | "value";
      readonly offset?: number;
      readonly length?: number;
    },
  ): Diagnostic;
}

/** `class` + `config` wherever a component may stand. `path` is the path of the map that holds both. */
export type ComponentEntry = {
  /** Empty where the class is missing or unreadable; that was reported. */
  readonly className: string;
  readonly config: JsonObject;
  readonly path: Path;
  /** Path of the config's map: `[...path, "config"]`, also where it came from another file. */
  readonly configPath: Path;
  /** The document, when the class is a workflow. */
  readonly workflow?: WorkflowDocument;
};

export type StrategyName = "sequential" | "parallel" | "graph" | "event_driven";
export type ErrorHandlingName = "continue" | "stop" | "retry" | "rollback";
export type MergeName = "single" | "first" | "list" | "each" | "collect";

export type UnitEntry = ComponentEntry & {
  readonly name: string;
  readonly section: "input_data_units" | "output_data_units" | "data_units";
  readonly role: "input" | "parameter" | "result" | "metric";
  readonly schema?: JsonSchema;
  /** Absent key: no default. */
  readonly default?: { readonly value: Json };
  readonly optional: boolean;
  /** Absent: as the class has it. */
  readonly merge?: MergeName;
};

/** One entry of a step's `inputs:`. `from` and friends have already become links of their own. */
export type InputEntry = {
  readonly port: string;
  readonly default?: { readonly value: Json };
  /** The value is a constant, not a default that links may replace. */
  readonly constant: boolean;
  readonly hold: boolean;
  readonly merge: MergeName;
  readonly optional?: boolean;
  readonly schema?: JsonSchema;
  readonly path: Path;
};

export type StepEntry = ComponentEntry & {
  readonly name: string;
  readonly errorHandling?: ErrorHandlingName;
  readonly maxRetries?: number;
  readonly retryDelayMs?: number;
  readonly timeoutMs?: number;
  readonly fallback?: ComponentEntry;
  readonly onRollback?: ComponentEntry;
  readonly onTimeout?: Json;
  /** Amounts in natural units: cpu in cores, memory in bytes, others as counted. */
  readonly resources: { readonly [pool: string]: number };
  readonly executor?: string | ComponentEntry;
  readonly cache?: "off" | "run" | "shared";
  readonly checkpoint: boolean;
  readonly dependsOn: readonly string[];
  readonly whenAbsent: "skip" | "fail";
  readonly concurrency: number;
  /** Absent: bounded where it leads to itself again. */
  readonly maxActivations?: number;
  readonly inputs: readonly InputEntry[];
  /** Declared output ports of components with open ports. */
  readonly outputs: readonly { readonly port: string; readonly schema?: JsonSchema; readonly optional: boolean }[];
  readonly forEach?: {
    readonly over: string;
    readonly as: string;
    readonly concurrency: number;
    readonly maxFailures: number;
  };
  readonly repeat?: {
    readonly until?: string;
    readonly max: number;
    readonly carry: { readonly [output: string]: string };
    readonly onMax: "accept" | "fail";
  };
};

export type LinkEntry = ComponentEntry & {
  readonly name: string;
  /** True for links made from `inputs: { port: { from: ... } }`; their path is that entry. */
  readonly short: boolean;
};

export type TriggerEntry = ComponentEntry & { readonly name: string };

/** A document as written, checked for its own shape; classes, ports and references are checked by the plan. */
export type WorkflowDocument = {
  /** Relative to the project folder. */
  readonly file: string;
  readonly places: Places;
  readonly name: string;
  /** `Workflow`, or a kind of it such as `ChatWorkflow`. */
  readonly className: string;
  readonly description?: string;
  readonly version?: string;
  /** Path of the module with its functions, relative to the project folder, if there is one. */
  readonly module?: string;
  readonly strategy: StrategyName;
  readonly errorHandling: ErrorHandlingName;
  readonly recovery: {
    readonly maxRetries: number;
    readonly retryDelayMs: number;
    readonly timeoutMs: number | null;
    readonly rollbackOnFailure: boolean;
    readonly preservePartialResults: boolean;
  };
  readonly hooks: {
    readonly onFailure?: ComponentEntry;
    readonly onSuccess?: ComponentEntry;
    readonly onPause?: ComponentEntry;
  };
  readonly completion: "quiescent" | "outputs" | "manual";
  readonly units: readonly UnitEntry[];
  readonly steps: readonly StepEntry[];
  readonly links: readonly LinkEntry[];
  readonly triggers: readonly TriggerEntry[];
  readonly executor?: ComponentEntry;
  readonly pools: { readonly [pool: string]: number };
  /** Most of what calls of models and tools may use up in a run. */
  readonly budget?: Amounts;
  readonly monitoring: {
    readonly progressTracking: boolean;
    readonly checkpointIntervalMs: number | null;
    readonly metricsCollection: boolean;
    readonly realTimeUpdates: boolean;
    readonly performanceOptimization: boolean;
  };
  readonly metadata: JsonObject;
};

/** Everything the document was made of, so that a compiled plan can be reused as long as none of it changed. */
export type SourceRecord = {
  /** Relative path -> sha-256 of its bytes, or null for a file looked for and not there. */
  readonly files: { readonly [file: string]: string | null };
  /** Environment variables read -> their value's sha-256, or null when unset. */
  readonly environment: { readonly [name: string]: string | null };
};

export type LoadedDocument = {
  /** Absent when faults make the tree unusable. */
  readonly document?: WorkflowDocument;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: SourceRecord;
};

/** What the document room may ask of the world; the caller supplies it. Paths are relative to the project folder. */
export interface DocumentReader {
  /** Bytes of a regular file inside the project, or why not. Checks links and roots. */
  read(
    path: string,
  ): { readonly bytes: Uint8Array } | { readonly problem: "missing" | "outside" | "not_a_file" | "too_large" };
  exists(path: string): boolean;
  environment(name: string): string | undefined;
}
