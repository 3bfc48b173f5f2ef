import type { Json, StepContext } from "@nanobrain/engine";
import type { HostTurns } from "../host-turns.js";
import type { CollectionConfig } from "./collection-config.js";
import type { SourceEntry } from "./source-entries.js";

/** What all sources of a step share. */
export type Collecting = {
  readonly config: CollectionConfig;
  readonly context: StepContext;
  readonly turns: HostTurns;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
};

/** One part of what a source gives, recorded before the next is asked for. `next`: what to ask for then; null: nothing. */
export type Part = {
  readonly rows: readonly Json[];
  readonly next: Json;
  readonly requests: number;
  readonly bytes: number;
  readonly ms: number;
};

/** Gives a source's parts one after another. What it throws is why the source failed; parts before stay. */
export type ReadSource = (entry: SourceEntry, collecting: Collecting) => AsyncGenerator<Part>;
