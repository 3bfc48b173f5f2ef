import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { RunEvent } from "../kernel/event.js";
import type { JournalHead, SaveValue } from "./express-journal.js";
import type { Unfinished } from "./outside.js";

/** The journal of a run that has no driver, in whatever form: events are made of it when somebody asks. */
export type LaneJournal = {
  readonly head: JournalHead;
  /** Number of the last event. */
  readonly last: number;
  /** -1: it has not. */
  readonly completedAt: number;
  events(after: number, limit: number, save: SaveValue, sizeOf: (value: Json) => number): Promise<RunEvent[]>;
  eventsNow(after: number, save: (value: Json) => Handle, sizeOf: (value: Json) => number): Iterable<RunEvent>;
  text(): string;
  /** What a node has given, by port. */
  given(node: number): { readonly [port: string]: Json };
};

/** A run that goes without a driver until it is over or asks for one. */
export type LaneRun = {
  readonly runId: string;
  readonly journal: LaneJournal;
  readonly underWay: number;
  /** Somebody else goes on with it. */
  readonly isStopped: boolean;
  begin(): void;
  needEngine(): void;
  /** It stands in line for a place, and one is free. Absent: it never stands in line. */
  placed?(): void;
  /** Nothing more happens in it, and nobody goes on with it. */
  stop(): void;
  /** All of it has happened; it is over when its journal is kept. */
  readonly isEnding: boolean;
  readonly isCompleted: boolean;
  /** How much of its journal is kept where it must be; undefined: nowhere but in it. */
  readonly keeping: { readonly until: number } | undefined;
  unfinished(): readonly Unfinished[];
};
