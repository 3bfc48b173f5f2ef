import type { z } from "zod";
import type { Answered, Ask, AttemptFolders, ComponentCall, Suspension } from "./executor.js";
import type { Http } from "./http.js";
import type { FileValue, Json, JsonObject, JsonSchema } from "./json.js";
import type { Amounts, CallNote, CallWish } from "./spending.js";

/** The zod module, given to config builders so that running a compiled plan never loads it. */
export type Zod = typeof z;

export type PortDeclaration = {
  readonly schema?: JsonSchema;
  readonly optional?: boolean;
  readonly default?: Json;
  readonly hold?: boolean;
  /** The port that takes a trigger's payload or watched unit. */
  readonly trigger?: boolean;
  /** Of an output: made only where a link takes it; a workflow without declared outputs does not give it. */
  readonly onDemand?: boolean;
  readonly description?: string;
};

/** A step's ports. `open: true` on a side: links and `inputs:` / `outputs:` may name others. */
export type StepPorts = {
  readonly inputs: { readonly [port: string]: PortDeclaration };
  readonly outputs: { readonly [port: string]: PortDeclaration };
  readonly openInputs: boolean;
  readonly openOutputs: boolean;
};

/** What a step's code gets besides inputs and config. */
export interface StepContext {
  readonly signal: AbortSignal;
  readonly attempt: number;
  /** When the attempt began by the clock of the run (epoch ms). */
  readonly startedAt: number;
  readonly idempotencyKey: string;
  readonly runId: string;
  readonly step: string;
  readonly folders: AttemptFolders;
  /** Names of the step's input ports, whether they hold a value this time or not. */
  readonly inputPorts: readonly string[];
  readonly outputPorts: readonly string[];
  readonly secrets: { readonly [name: string]: string };
  readonly memoryBytes?: number;
  /** The network, guarded, or recordings of it. Secrets and the signal of the attempt are taken care of. */
  readonly http: Http;
  /** Runs `fn` once over all attempts and crashes: its result is on disk before it is returned. Names are unique within a step. */
  effect<T extends Json>(name: string, fn: () => T | Promise<T>): Promise<T>;
  /**
   * An effect that is a call of a model or tool: it is counted in the budgets of the run and of those that called it, and told of by
   * `show` and `why`. `fn` gets what the call may use up at most; what has no bound is left out. Waits while calls under way hold what
   * it needs. Throws E_RUN_BUDGET where there is no room.
   */
  call<T extends Json>(
    name: string,
    wish: CallWish,
    fn: (room: Amounts) => Promise<{ readonly value: T; readonly note: CallNote }>,
  ): Promise<T>;
  /**
   * Sends a value on a port at once, any number of times; resolves when it is on disk and a full queue behind it has room
   * again. The i-th emit of a port in an activation happens once: a later attempt's i-th is dropped. Values leave in the
   * order of the calls. What is not awaited is waited for before the attempt ends, and fails it if it fails.
   */
  emit(port: string, value: Json): Promise<void>;
  /**
   * Ends the attempt without a result; its activation goes on at a moment or with an answer. For the built-in steps.
   * @internal
   */
  suspend(until: Suspension): never;
  /**
   * How many values of the port earlier attempts of this activation sent, which are on disk: as many emits of this attempt are
   * dropped.
   */
  emitted(port: string): number;
  /**
   * Asks a person, and waits for as long as it takes. The attempt ends, holding nothing; with the answer the step's code runs again
   * from its beginning, with its recorded effects, and then this call gives the answer. Names are unique within a step.
   */
  ask(name: string, ask: Ask): Promise<Answered>;
  /**
   * Runs a workflow as a run of its own, once over all attempts and crashes, and gives its outputs: an unfinished one is gone on
   * with. `document`: a path inside the project's folder. Names are unique within a step, those of effects included. Throws its failure.
   */
  callWorkflow(
    name: string,
    document: string,
    inputs: { readonly [unit: string]: Json },
  ): Promise<{ readonly [unit: string]: Json }>;
  log(level: "debug" | "info" | "warn" | "error", text: string): void;
  /** Adds a warning to the run's summary, once for each text. */
  warn(text: string): void;
  progress(fraction: number | null, note?: string): void;
  /**
   * What the step measured of work done outside this thread, as by a program it ran; it joins the attempt's usage. Of
   * several calls the CPU times add up, of memory the largest counts. What is left out is not known.
   */
  measured(usage: { readonly cpuMs?: number; readonly peakMemoryBytes?: number }): void;
  /** Keeps bytes or a file of this machine as a file value. */
  keep(name: string, content: Uint8Array | string | { readonly path: string }, mediaType?: string): Promise<FileValue>;
  /** The bytes of a file value. */
  read(file: FileValue): Promise<Uint8Array>;
  /** A readable path of a file value on this machine. */
  locate(file: FileValue): Promise<string>;
  /** A fresh empty folder, removed after the attempt. */
  freshFolder(): Promise<string>;
  /**
   * The class of a component that the config holds (see `components` of the definition), as registered or of a user's module, for
   * steps that run others inside their attempt.
   */
  definitionOf(component: ComponentCall): Promise<StepDefinition>;
}

export type StepCall = {
  readonly inputs: { readonly [port: string]: Json };
  /** Validated, secrets filled in, `{{ port }}` not yet. */
  readonly config: JsonObject;
  readonly context: StepContext;
};

/** A class of steps. One file of the shelf exports one. */
export type StepDefinition = {
  readonly kind: "step";
  /** Canonical dotted name such as `nanobrain.core.step.CommandStep`; its last part is the short name. */
  readonly class: string;
  readonly version: string;
  /** One line for lists and docs. */
  readonly summary: string;
  /** Text for `docs CLASS`, Markdown: what it does, its ports, an example. */
  readonly docs?: string;
  /** Builds the schema of `config`; strict objects, defaults filled in, `.describe()` on each key. */
  config(zod: Zod): z.ZodType;
  /** Ports for a validated config. Pure. */
  ports(config: JsonObject): StepPorts;
  /** True: does something outside besides computing, so its results are not cached unless asked. */
  readonly effects: boolean;
  /** Where it runs unless the document says otherwise. */
  readonly executor: "local" | "thread" | "process";
  /** Set for classes whose behaviour is not there yet: what the diagnostic says. */
  readonly later?: string;
  /** Checks beyond the schema, pure, such as an expression's syntax: path inside config, code and message. */
  check?(config: JsonObject): Promise<readonly ConfigProblem[]>;
  /** Components inside a config. The plan checks class and config of each, and fills in canonical names and defaults, before `check`. */
  components?(config: JsonObject): readonly NestedComponent[];
  /** Files of the project that a config names and that have to be there before the run begins: loading says which are not. */
  files?(config: JsonObject): readonly NamedFile[];
  /**
   * Names of secrets that the step may use without the document saying `${secret:NAME}`, such as a service's usual key. They are
   * looked up when an attempt starts and stand in `context.secrets`; one that is not set is left out.
   */
  secrets?(config: JsonObject): readonly string[];
  /**
   * Names of fields of the config, at any depth, whose text is a secret, such as `api_key`; of `headers` and `env` the members with
   * secret-looking names. A text that stands there as it is gets a warning, and is masked.
   */
  readonly secretFields?: readonly string[];
  /** Extra parts of the cache key that only the machine knows, such as a program's size and time. */
  fingerprint?(
    config: JsonObject,
    folders: AttemptFolders,
  ): { readonly [part: string]: string } | Promise<{ readonly [part: string]: string }>;
  /** Returns the outputs by port. A missing key is absence. Throws failures (see `stepFailure`). */
  run(call: StepCall): Promise<{ readonly [port: string]: Json | undefined }>;
};

/**
 * A component inside a config: a map with `class` and `config` at `path`. Made by the plan: canonical class, `version` and `module` of a
 * step, its config with defaults. A workflow's config is the path of its document, from the project's folder.
 */
export type NestedComponent = {
  readonly path: readonly (string | number)[];
  readonly kind: "step" | "agent" | "workflow";
};

/** `path`: where the config says it. `file`: relative to the project's folder. `what`: as messages call it, such as `schema file`. */
export type NamedFile = {
  readonly path: readonly (string | number)[];
  readonly file: string;
  readonly what: string;
};

export type ConfigProblem = {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly offset?: number;
  readonly length?: number;
};

/** A class that is no step: a link, unit, trigger, executor or workflow kind. Its behaviour lives in the plan and kernel. */
export type PlainDefinition = {
  readonly kind: "link" | "unit" | "trigger" | "executor" | "workflow" | "agent";
  readonly class: string;
  readonly version: string;
  readonly summary: string;
  readonly docs?: string;
  config(zod: Zod): z.ZodType;
  /** Checks beyond the schema, pure, as of a step. */
  check?(config: JsonObject): Promise<readonly ConfigProblem[]>;
  /** Components inside a config, as of a step. */
  components?(config: JsonObject): readonly NestedComponent[];
  /** Files that a config names, as of a step. */
  files?(config: JsonObject): readonly NamedFile[];
  /** Of a unit: the schema of its values where the document says none. */
  readonly values?: JsonSchema;
  /** Set for classes whose behaviour is not there yet: what the diagnostic says. */
  readonly later?: string;
};

export type ComponentDefinition = StepDefinition | PlainDefinition;

/** A function named by `transform_function` or `function` that the library offers. */
export type NamedFunction = (value: Json, context: StepContext) => Json | undefined | Promise<Json | undefined>;

/** A class by name; its definition is loaded when a document uses it. */
export type ClassEntry = {
  readonly class: string;
  readonly kind: ComponentDefinition["kind"];
  load(): Promise<ComponentDefinition>;
};

/** Classes and functions that a package adds to the built-in ones. Nothing of them is loaded before a document names it. */
export type Pack = {
  readonly name: string;
  /** Raised when a class's config, ports or behaviour change, so that plans compiled before are made anew. */
  readonly version: string;
  /** Where lanes find it: the `file:` URL of a module that exports it as `pack`. */
  readonly url: string;
  readonly classes: readonly ClassEntry[];
  /** What documents of a kind of workflow start from, by canonical class: a YAML document, which a document's own keys go before. */
  readonly workflows?: { readonly [className: string]: string };
  readonly functions: { readonly [name: string]: NamedFunction };
};

/** What may be named in a document. Definitions are loaded on demand. A name is never imported. */
export interface Registry {
  /** By canonical or short name. Undefined: nobody registered it. */
  find(
    name: string,
  ):
    | { readonly class: string; readonly kind: ComponentDefinition["kind"]; load(): Promise<ComponentDefinition> }
    | undefined;
  /** All canonical names of a kind, for did-you-mean, docs and schemas. */
  list(
    kind?: ComponentDefinition["kind"],
  ): readonly { readonly class: string; readonly kind: ComponentDefinition["kind"] }[];
  /** What documents of this class (canonical or short) start from: YAML text. Undefined: from nothing. */
  defaults(className: string): string | undefined;
  functions(): readonly string[];
  function(name: string): NamedFunction | undefined;
  /** Ports of a class of the user's own module, from the project's registry file; undefined: open. */
  modulePorts(path: string, exportName: string): StepPorts | undefined;
  /** Changes whenever a registered class or version does: part of the compiled plan's cache key. */
  readonly fingerprint: string;
  /** The zod module for config schemas, loaded when first asked for. */
  zod(): Promise<Zod>;
}
