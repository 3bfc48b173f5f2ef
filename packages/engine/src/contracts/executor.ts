import type { Failure } from "./failure.js";
import type { Json, JsonObject, JsonSchema } from "./json.js";
import type { Amounts, CallNote, CallWish } from "./spending.js";
import type { StopSign } from "./stop-sign.js";

/** A component as the plan names it. `module` is set for classes and functions of the user's own files. */
export type ComponentCall = {
  /** Canonical dotted class, or the export name where `module` is set. */
  readonly class: string;
  readonly version: string;
  /** Validated, defaults filled in. May hold `${secret:NAME}` and `{{ port }}` references. */
  readonly config: JsonObject;
  readonly module?: { readonly path: string; readonly export: string };
  /** Secrets that its class may use besides those the config refers to, where they are set. */
  readonly secrets?: readonly string[];
  /** Secrets that stand in the config as they are: masked as others are. */
  readonly literals?: readonly string[];
};

/** Where an attempt may read and write. All absolute. */
export type AttemptFolders = {
  /** The folder of the document's tree: relative paths start here. */
  readonly project: string;
  /** Folders outside the project that the caller allowed. */
  readonly roots: readonly string[];
  /** The store's blob folder or null (memory store). */
  readonly blobs: string | null;
  /** A folder under which the attempt may make fresh folders of its own. */
  readonly scratch: string;
};

export type AttemptRequest = {
  /** Unique over all runs and attempts: `RUN ID:EVENT NUMBER`. */
  readonly id: string;
  readonly component: ComponentCall;
  readonly inputs: { readonly [port: string]: Json };
  /** Names of the step's input ports, whether they hold a value this time or not. */
  readonly inputPorts: readonly string[];
  /** Names of the output ports that links name: where a component with open ports sends its result. */
  readonly outputPorts: readonly string[];
  /** 1-based, over all tries of this activation or item. */
  readonly attempt: number;
  /** Same on every attempt of this activation or item, also after a crash. */
  readonly idempotencyKey: string;
  /** When the attempt began by the clock of the run (epoch ms); left out: when its code starts. */
  readonly startedAt?: number;
  /** Where it runs, for logs: run id and step path such as `outer[3]/inner`. */
  readonly runId: string;
  readonly step: string;
  readonly folders: AttemptFolders;
  /** Values of the secrets the config names, and of those that its class may use. Never logged. */
  readonly secrets: { readonly [name: string]: string };
  /** Effects recorded by earlier attempts, by name, and what people answered to them, by `answerKey`. */
  readonly effects: { readonly [name: string]: Json };
  /** How many values of each port earlier attempts of this activation sent, which are on disk. Absent: none. */
  readonly emitted?: { readonly [port: string]: number };
  /** Memory the step declared, if any. */
  readonly memoryBytes?: number;
};

/** What an attempt may tell the host while it runs. */
export interface AttemptSink {
  /** The attempt's code runs now, or will in some milliseconds; called by executors that post attempts ahead of time, perhaps again. */
  begins?(): void;
  /** The attempt's code has ended, though its outcome has not come yet; called by the same, and perhaps never. */
  hasEnded?(): void;
  /** Resolves when the effect's result is on disk. `note`: it was a call, for which nothing is set aside any more. */
  effect(name: string, value: Json, note?: CallNote): Promise<void>;
  /** Sets aside what a call may use up, and says it; null gives it back. Absent: there is no bound. */
  reserve?(name: string, wish: CallWish | null): Promise<Amounts>;
  /**
   * The attempt's `index`-th value for that port (0-based, counted per port). Resolves when it is on disk and a full queue
   * behind the port has room again, which may take hours. Calls come in the order in which the step made them, not awaited.
   */
  emit(port: string, index: number, value: Json): Promise<void>;
  log(level: "debug" | "info" | "warn" | "error", text: string): void;
  /** What the summary of the run is to say. Absent: nobody takes it, it is logged. */
  warn?(text: string): void;
  /** `fraction` 0..1 or null when unknown. */
  progress(fraction: number | null, note: string): void;
  /** Runs a workflow as a run of its own, or goes on with the one of that name. Rejects with its failure. */
  callWorkflow?(call: WorkflowCall): Promise<WorkflowAnswer>;
}

/** A workflow that a step calls. `answers`: what people answered to questions of the run it came to, by their places. */
export type WorkflowCall = {
  readonly name: string;
  readonly document: string;
  readonly inputs: { readonly [unit: string]: Json };
  readonly answers: { readonly [place: string]: Answered };
};

/** What the run gave; or, where it waits for nothing but a person, a question of it. `place` names that question for good. */
export type WorkflowAnswer =
  | { readonly outputs: { readonly [unit: string]: Json } }
  | { readonly place: string; readonly ask: Ask };

/** Measured where the attempt ran, with what its step measured of work outside (programs). Null: cannot be measured there. */
export type Usage = {
  readonly durationMs: number;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly inputBytes: number;
  readonly outputBytes: number;
};

/** What a person is asked: one of `choices`, if there are any, that fits `schema`, if there is one. */
export type Ask = {
  readonly question: string;
  readonly choices?: readonly Json[];
  readonly schema?: JsonSchema;
};

/** What a person answered. `at`: ISO text. */
export type Answered = { readonly decision: Json; readonly by: string; readonly at: string };

/**
 * What a suspended activation waits for: the moment `until` (epoch ms), or the answer to `ask`. `name`: the step's code asked, which
 * runs again with the answer; without one the answer is the step's result.
 */
export type Suspension = { readonly until?: number; readonly ask?: Ask; readonly name?: string };

export type AttemptOutcome =
  | { readonly status: "succeeded"; readonly outputs: { readonly [port: string]: Json }; readonly usage: Usage }
  | { readonly status: "failed"; readonly failure: Failure; readonly usage: Usage }
  /** The attempt is over and holds nothing; its activation goes on at the moment or with the answer that it waits for. */
  | ({ readonly status: "suspended"; readonly usage: Usage } & Suspension);

/**
 * Runs attempts. `execute` never rejects: every ending is an outcome. When `signal` aborts, the outcome follows within
 * the executor's grace, the reason of the signal is the failure, and nothing of the attempt runs on (threads and
 * processes are ended; on `local`, code that ignores the signal is abandoned and its result refused).
 */
export interface Executor {
  readonly name: string;
  /** Attempts it can run at once. */
  readonly lanes: number;
  /** It posts short attempts to its lanes ahead of time: more of them than lanes may be given to it. */
  readonly postsAhead?: boolean;
  execute(request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome>;
  close(): Promise<void>;
}

/** An executor that hears the stop sign itself: no signal is made before code asks for one. */
export interface NearExecutor extends Executor {
  perform(request: AttemptRequest, sink: AttemptSink, stop: StopSign): Promise<AttemptOutcome>;
}
