import type { Json, JsonObject, StepContext } from "@nanobrain/engine";
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
  /** Called for each request, and each query, of a source. */
  readonly onRequest?: () => void;
};

/** How a table was read: what split it, its columns, and what was not as it should be. */
export type TableNotes = {
  readonly delimiter: string;
  readonly columns: number;
  readonly problems: readonly string[];
};

/** One part of what a source gives, recorded before the next is asked for. `next`: what to ask for then; null: nothing. */
export type Part = {
  readonly rows: readonly Json[];
  readonly next: Json;
  readonly requests: number;
  readonly bytes: number;
  readonly ms: number;
  /** Of an answer that is a table. */
  readonly table?: TableNotes & JsonObject;
};

/** Gives a source's parts one after another. What it throws is why the source failed; parts before stay. */
export type ReadSource = (entry: SourceEntry, collecting: Collecting) => AsyncGenerator<Part>;
