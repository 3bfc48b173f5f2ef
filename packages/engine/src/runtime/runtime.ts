import type { Blobs } from "../contracts/blobs.js";
import type { Clock } from "../contracts/clock.js";
import type { ComponentDefinition, NamedFunction, Pack, Registry } from "../contracts/component.js";
import type { Ask, Executor } from "../contracts/executor.js";
import type { HttpRecordings, OpenHttp } from "../contracts/http.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { RunStatus, Store } from "../contracts/store.js";
import type { Diagnostic } from "../document/diagnostic.js";
import type { StrategyName } from "../document/document.js";
import type { StepNews } from "../host/step-news.js";
import type { RunEvent } from "../kernel/event.js";
import type { Progress } from "../observe/progress.js";
import type { RunSummary } from "../observe/summary.js";
import type { Plan } from "../plan/plan.js";
import type { WorkflowDefinition } from "./definition/workflow-definition.js";
import type { Pruned, PruneOptions } from "./prune/prune-runs.js";
import type { ServeOptions, Server } from "./serve/served.js";

export type RuntimeOptions = {
  /** Classes and functions of packages such as `@nanobrain/library`. */
  readonly packs?: readonly Pack[];
  readonly steps?: readonly ComponentDefinition[];
  readonly functions?: { readonly [name: string]: NamedFunction };
  /** "memory" (default), a folder for SQLite, or a store of one's own. */
  readonly store?: "memory" | string | Store;
  /** Folder whose tree documents and their files may use; default: each document's own folder. */
  readonly project?: string;
  /** Further folders that steps may read and write. */
  readonly roots?: readonly string[];
  /** False: classes and functions of users' modules are refused. Default true. */
  readonly modules?: boolean;
  /** Pool sizes; default: this machine's cores and memory. */
  readonly pools?: { readonly [pool: string]: number };
  readonly executors?: { readonly [name: string]: Executor };
  /** Puts something between the engine and each of its executors: tests that fake what steps do. */
  readonly wrapExecutor?: (
    executor: Executor,
    parts: { readonly blobs: Blobs; readonly registry: Registry },
  ) => Executor;
  readonly clock?: Clock;
  readonly environment?: { readonly [name: string]: string | undefined };
  /** False: never read or write result caches. */
  readonly cache?: boolean;
  /** What all steps send over HTTP comes out of recordings, or is recorded. `open`: a recorder of this process that is there already. */
  readonly http?: HttpRecordings & { readonly open?: OpenHttp };
};

export type LoadOptions = {
  readonly set?: readonly (readonly [path: string, value: string])[];
  readonly strategy?: StrategyName;
  readonly executor?: string;
  /** The folder whose tree it may use; default: the runtime's, else the document's, of a workflow built in TypeScript the current one. */
  readonly project?: string;
  /** False: the compiled plan is neither looked up nor kept on disk. */
  readonly compiled?: boolean;
};

export type Loaded = {
  readonly plan?: Plan;
  readonly diagnostics: readonly Diagnostic[];
  /** Folder the document's relative paths start at, absolute. */
  readonly project: string;
  /** Milliseconds each phase took: configuration, validation, dependency; and whether a compiled plan was used. */
  readonly phases: { readonly [phase: string]: number };
  readonly compiled: boolean;
};

export type StartOptions = {
  readonly runId?: string;
  readonly runName?: string;
  readonly project?: string;
  readonly cache?: boolean;
  /** Only this step and what it needs. */
  readonly only?: string;
  readonly phases?: { readonly [phase: string]: number };
  /** The run and step that call it: kept in the journal. */
  readonly caller?: JsonObject;
  /** The trigger's firing that starts it: kept in the journal. */
  readonly trigger?: { readonly name: string; readonly key: string; readonly due?: number };
};

/** Outputs by unit, or, where the workflow declares none, by `step.port`. */
export type AnyOutputs = { readonly [unit: string]: Json };

export type RunResult<Outputs = AnyOutputs> = RunSummary & { readonly outputs: Outputs };

/**
 * What came of steering a run; it is on disk. `nothing`: it was so already. `text`: a few words about the run,
 * such as "paused already". `driven`: a process goes on with the run; false: what follows is decided when somebody resumes it.
 */
export type Steered = { readonly status: "done" | "nothing"; readonly text: string; readonly driven: boolean };

/** A step that waits for a person. `step`: its path, for `answer`. `name`: of a question of its code; `STEP#NAME` answers no other one. */
export type RunAsk = Ask & { readonly step: string; readonly name?: string };

/** One run, driven by this process, or by another one, or by none. Steering reaches it wherever it is driven. */
export interface RunHandle<Outputs = AnyOutputs> {
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
  readonly status: RunStatus;
  /** Resolves when the run has ended or is paused, waiting only, or released; never rejects for a failed run. */
  result(): Promise<RunResult<Outputs>>;
  progress(): Progress;
  /** From number `after` + 1 on; ends with the run. Committed events only. */
  events(after?: number): AsyncIterable<RunEvent>;
  /** Called in order with each committed event; returns the way to stop. */
  listen(listener: (event: RunEvent) => void): () => void;
  /** Called with what running steps say of themselves (`progress`, `log`), as they say it: only of a run this process drives. */
  hear(listener: (news: StepNews) => void): () => void;
  /** Running attempts finish, nothing new starts. Of steering: rejects with what is wrong with it (E_RUN_STATE, ...), or E_RUN_SILENT. */
  pause(): Promise<Steered>;
  /** Of a paused or failed run that is driven. */
  resume(): Promise<Steered>;
  cancel(reason?: string): Promise<Steered>;
  /** Fires a manual trigger, of the run, or, as `outer[1]/name`, of a nested one. Fails with E_TRIGGER. */
  trigger(name: string, payload?: Json): Promise<Steered>;
  /** The steps that wait for a person now, in the order they were asked. */
  asks(): Promise<readonly RunAsk[]>;
  /** Answers a step that waits for a person, such as `outer[3]/approve` or `agent#delete`. Fails with E_ANSWER. */
  answer(step: string, value: Json, by?: string): Promise<Steered>;
  /** Closes the triggers: the run completes once what was begun has ended. */
  finish(): Promise<Steered>;
  /** Gives an input or parameter unit a new value. Fails with E_SET. */
  set(unit: string, value: Json): Promise<Steered>;
}

/** A run that begins with results of another one. */
export type ForkedRun = RunHandle & {
  /** Paths of the steps and items whose results were taken over. */
  readonly shared: readonly string[];
  /** Paths of the steps and items that run, and why. */
  readonly again: readonly { readonly step: string; readonly reason: string }[];
};

export interface Runtime extends AsyncDisposable {
  readonly registry: Registry;
  readonly store: Store;
  readonly blobs: Blobs;
  /** A fresh run id; ids sort by time. */
  newRunId(): string;
  /** A document, or a workflow built in TypeScript: what stands in it is registered, then. Faults are diagnostics. */
  load(workflow: string | WorkflowDefinition<unknown, unknown>, options?: LoadOptions): Promise<Loaded>;
  /** Checks the inputs (E_INPUT names the ones that are missing), journals the run and starts it. `runId` of an existing run attaches. */
  start(loaded: Loaded, inputs: { readonly [unit: string]: Json }, options?: StartOptions): Promise<RunHandle>;
  /** Takes over an unfinished or failed run and goes on with it. Fails with E_RUN_UNKNOWN, E_RUN_HELD, E_RUN_STATE. */
  resume(idOrName: string): Promise<RunHandle>;
  /** A handle on any run of the store, whoever drives it, to look at it and to steer it. `by`: who steers, for the journal. */
  attach(idOrName: string, by?: string): Promise<RunHandle>;
  /**
   * Forks a run: what is settled, not downstream of `from` (such as `outer[3]/inner`) and the same now is taken over, also within
   * nested and mapped steps. `loaded`: the document as it is now. Fails with E_USAGE where `from` is not there.
   */
  rerun(idOrName: string, from: string, loaded?: Loaded): Promise<ForkedRun>;
  /** Goes on with a run under the document as it is now, as a fork; an unfinished one is cancelled in favour of it. Fails with E_RUN_HELD. */
  resumeUpdated(idOrName: string, loaded: Loaded): Promise<ForkedRun>;
  /** The plan and events of any run of the store, for looking only. */
  look(
    idOrName: string,
  ): Promise<{ readonly plan: Plan; readonly events: readonly RunEvent[]; readonly summary: RunSummary }>;
  /** The JSON value of a handle found in events. Large values are read from blobs. */
  value(handle: import("../contracts/handle.js").Handle): Promise<Json>;
  /**
   * Serves workflows: an event-driven one reacts until it is finished, any other starts a run whenever a timer or folder of its
   * says so. What an earlier process left is gone on with. Fails with E_DOCUMENT_INVALID, E_INPUT, E_RUN_HELD.
   */
  serve(documents: readonly Loaded[], options?: ServeOptions): Promise<Server>;
  /** How much goes on that no clock has to move on. 0: everything waits, for a moment, a person, or nothing at all. */
  underWay(): number;
  /** Removes ended runs that are older than `keepMs`, with the cache entries and blobs that only they used. */
  prune(options: PruneOptions): Promise<Pruned>;
  /** Running attempts are drained (`drainMs`), runs released, files closed. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}
