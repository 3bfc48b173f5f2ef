import type { Clock } from "../../contracts/clock.js";
import type { Json } from "../../contracts/json.js";
import type { Schedule } from "../../contracts/schedule.js";
import type { Store } from "../../contracts/store.js";
import type { Watcher } from "../../contracts/watcher.js";
import type { PlanTrigger } from "../../plan/plan.js";
import type { Loaded, RunHandle, RunResult, StartOptions } from "../runtime.js";

/** Something that happened while workflows are served. */
export type ServeNote = {
  /** Epoch ms. */
  readonly at: number;
  readonly workflow: string;
  readonly kind: "serving" | "fired" | "started" | "resumed" | "waiting" | "ended" | "skipped" | "failed" | "warning";
  readonly text: string;
  readonly trigger?: string;
  /** Name of the run. */
  readonly run?: string;
  /** With `ended`. */
  readonly result?: RunResult;
};

export type ServedTrigger = {
  readonly name: string;
  readonly kind: PlanTrigger["kind"];
  /** Epoch ms; null: never, or not known by the clock. */
  readonly nextDue: number | null;
  readonly lastFired: number | null;
  readonly fired: number;
  readonly state: "listening" | "failed" | "idle";
};

/** A workflow as it is served now. */
export type Served = {
  readonly workflow: string;
  readonly file: string;
  /** The one run of an event-driven workflow. */
  readonly run?: { readonly id: string; readonly name: string; readonly status: string };
  readonly triggers: readonly ServedTrigger[];
  readonly going: number;
  readonly completed: number;
  readonly failed: number;
};

export type ServeOptions = {
  /** For the inputs of event-driven workflows, and those that firings do not bring. */
  readonly inputs?: { readonly [unit: string]: Json };
  notify?(note: ServeNote): void;
};

/** Workflows that are served until `close`. */
export interface Server {
  served(): readonly Served[];
  /** Resolves when nothing is left to serve: each event-driven run has ended, and no other workflow is there. */
  readonly over: Promise<void>;
  /** Stops listening. Runs are drained by the runtime's own `close`. */
  close(): void;
}

/** What serving takes of the engine. */
export type ServeParts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly schedule: Schedule;
  watcherOf(project: string): Watcher;
  start(loaded: Loaded, inputs: { readonly [unit: string]: Json }, options: StartOptions): Promise<RunHandle>;
  resume(id: string): Promise<RunHandle>;
  hash(text: string): string;
};

/** One served workflow: its run, or the runs that its triggers start. */
export interface ServedWorkflow {
  begin(): Promise<void>;
  state(): Served;
  /** Resolves when there is nothing more to come of it; never where triggers start runs. */
  readonly over: Promise<void>;
  close(): void;
}
