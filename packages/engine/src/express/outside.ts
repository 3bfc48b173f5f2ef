import type { Clock } from "../contracts/clock.js";
import type { AttemptFolders } from "../contracts/executor.js";
import type { Json, JsonSchema } from "../contracts/json.js";
import type { ExpressCall } from "./express-call.js";
import type { Several } from "./several.js";
import type { Stall } from "./stall.js";

/** How long runs go on before everything else of the process has its turn; one for all runs. */
export type Turn = { endsAtMs: number };

/** Places for attempts that this run holds for as long as it needs them. */
export type Places = {
  /** Takes so many more; false: they are not free. */
  take(count: number): boolean;
  /** Takes one; false: none is free, and the run stands in line. It is called to have it when it is its turn. */
  takeInTurn(): boolean;
  /** It stands in line no more. */
  leave(): void;
  give(count: number): void;
  /** Somebody else waits for one. */
  isAwaited(): boolean;
  /** Others have some of those that are taken, beside the `own` ones of this run. */
  isShared(own: number): boolean;
};

/** Where a run's journal is kept, when it must be there before anything follows from it. */
export type ExpressDisk = {
  /** False: what the node gave is too large to stand in the journal. To be asked before its end is journaled. */
  takes(node: number, value: Json | Several | undefined): boolean;
  /**
   * Keeps all that is journaled so far. True: it is on disk. False: the run's `kept` is called when it is; what is journaled until then
   * may be kept with it. `isAlone`: nothing else will come of this run before it goes on.
   */
  save(isAlone: boolean): boolean;
};

export type ExpressOutside = {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly places: Places;
  readonly folders: AttemptFolders;
  /** Calls back after everything else that waits for its turn. */
  defer(callback: () => void): void;
  /** A copy that shares nothing; undefined: the value is no JSON, or too large. */
  copy(value: unknown): Json | undefined;
  /** Checks against a schema that can be checked at once. */
  fits(schema: JsonSchema, value: Json): boolean;
  readonly stall: Stall;
  /** The code of this attempt kept the event loop for so long when it was called. The run is handed over. */
  heldUp(attempt: number, tookMs: number): void;
  /** The run cannot go on here. Nothing more happens in it from now on. */
  handOver(): void;
  completed(): void;
  /** Absent: the journal is nowhere else. */
  readonly disk?: ExpressDisk;
};

/** An attempt for the engine to go on with. `ending`: absent, its code has not been called. */
export type Unfinished = {
  readonly node: number;
  /** Its activation; absent: the first. */
  readonly n?: number;
  readonly id: number;
  readonly call: ExpressCall | undefined;
  readonly ending: Promise<unknown> | undefined;
  /** On the steady clock, when its code was called; absent: it was not. */
  readonly beganMs?: number;
  /** On the steady clock, when its time is over. Infinity: never, or it has not begun. */
  readonly endsAtMs: number;
  /** Set where its code waits for room in a queue: to be told what it waits for now. */
  released?(free: Promise<void> | undefined): Promise<void>;
};

/** An attempt that was started, and whose code was not called. */
export function unbegun(node: number, id: number): Unfinished {
  return { node, id, call: undefined, ending: undefined, endsAtMs: Number.POSITIVE_INFINITY };
}
