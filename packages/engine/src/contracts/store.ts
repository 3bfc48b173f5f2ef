import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import type { Handle } from "./handle.js";
import type { JsonObject } from "./json.js";
import type { Requests } from "./requests.js";

export type RunStatus = "pending" | "running" | "waiting" | "paused" | "completed" | "failed" | "cancelled";

/** One line of the index of runs. Times are epoch milliseconds. */
export type RunRecord = {
  readonly id: string;
  /** Memorable and unique in the store, such as `brave-franklin`. */
  readonly name: string;
  readonly workflow: string;
  readonly planHash: string;
  readonly status: RunStatus;
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** Number of the last event in the journal. */
  readonly lastSeq: number;
};

export type LogEntry = {
  readonly runId: string;
  readonly at: number;
  readonly level: "debug" | "info" | "warn" | "error";
  /** Path of the step such as `outer[3]/inner`; empty for the run. */
  readonly step: string;
  readonly text: string;
};

export type CacheEntry = {
  readonly key: string;
  /** The parts the key was made of, by name, so that a miss can be explained. */
  readonly parts: JsonObject;
  /** `WORKFLOW/STEP PATH`: entries of one place are compared to explain a miss. */
  readonly place: string;
  readonly runId: string;
  readonly outputs: { readonly [port: string]: Handle };
  readonly at: number;
};

/** Events as text: the JSON list of those with the numbers `first` to `last`, as `JSON.stringify` gives it. */
export type EventText = { readonly first: number; readonly last: number; readonly list: string };

/** Everything one turn of the host writes: all or nothing, on disk when `commit` returns or resolves. */
export type StoreBatch = {
  readonly runId: string;
  /** Consecutive numbers, the first one above the run's last. */
  readonly events: readonly RunEvent[];
  /** The events, which `events` has none of then: only for stores that take text. */
  readonly text?: EventText;
  /** The new index line; absent: unchanged apart from `lastSeq`. */
  readonly record?: RunRecord;
  readonly plan?: Plan;
  readonly cache?: readonly CacheEntry[];
  readonly logs?: readonly LogEntry[];
};

/** Who drives a run now. `epoch` is the fencing number: it grows with each take-over. */
export type Holder = {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: number;
  readonly epoch: number;
};

export type Claim =
  | { readonly status: "claimed"; readonly epoch: number }
  | { readonly status: "held"; readonly holder: Holder }
  | { readonly status: "unknown" };

/** One text of the store: events of a run, the plan of some runs, or a cache entry. */
export type KeptText =
  | { readonly kind: "events"; readonly runId: string; readonly text: string }
  | { readonly kind: "plan"; readonly hash: string; readonly text: string }
  | { readonly kind: "cache"; readonly key: string; readonly runId: string; readonly text: string };

export type Removed = {
  readonly held: readonly { readonly runId: string; readonly holder: Holder }[];
  readonly freedBytes: number;
};

/**
 * Journal, index of runs, plans and cache of one store folder. Reading sees what any process committed; writing to a run
 * needs a claim. Invariants: I1 event numbers of a run are 1..n without gap; I2 a commit is all or nothing and on disk
 * before it returns; I3 one live process at most holds a run; I4 a damaged row is named, never returned.
 */
export interface Store {
  /** The folder, or "memory". */
  readonly place: string;
  /** True: a commit takes no longer than a small step does. */
  readonly isPrompt?: boolean;
  /** True: it takes events as text, and commits at once. */
  readonly takesText?: boolean;
  /** What is asked of runs by other processes than those that drive them. */
  readonly requests: Requests;
  /** Registers a new run under this process. Fails with E_RUN_EXISTS when id or name is taken. */
  create(batch: StoreBatch & { readonly record: RunRecord; readonly plan: Plan }): void | Promise<void>;
  /** One transaction. Batches of several runs given at once share it (group commit). Answers at once where it can. */
  commit(batches: readonly StoreBatch[]): void | Promise<void>;
  /** Takes over an existing run (by id) unless a live process holds it. */
  claim(runId: string): Promise<Claim>;
  /** Whether this store has claimed or created the run, so that nobody else can write to it. */
  holds(runId: string): Promise<boolean>;
  /** Gives a claimed run back, for anybody to claim. What it shares with runs that are still claimed stays. */
  release(runId: string): Promise<void>;
  /** Newest first. `unfinished`: only runs that are neither completed, failed nor cancelled. */
  runs(filter?: {
    readonly unfinished?: boolean;
    readonly limit?: number;
    readonly workflow?: string;
  }): Promise<readonly RunRecord[]>;
  /** By id, by name, or by a prefix of either that fits one run only. */
  find(idOrName: string): Promise<RunRecord | undefined>;
  holder(runId: string): Promise<Holder | undefined>;
  /** Events with numbers above `after` (default 0), at most `limit`, in order. */
  events(runId: string, after?: number, limit?: number): Promise<readonly RunEvent[]>;
  /**
   * Reads the journal at once, also after the run was removed or the store closed: events with numbers above `after` and up to
   * `until`. Undefined, or left out: it can be read by `events` only.
   */
  journal?(runId: string): ((after: number, until?: number) => readonly RunEvent[]) | undefined;
  plan(hash: string): Promise<Plan | undefined>;
  logs(runId: string, filter?: { readonly step?: string; readonly limit?: number }): Promise<readonly LogEntry[]>;
  /** Answers at once where it can. */
  cached(key: string): CacheEntry | undefined | Promise<CacheEntry | undefined>;
  /** The newest cache entry of a place, to compare its parts with a key that missed. */
  lastCached(place: string): Promise<CacheEntry | undefined>;
  /** Shows every text that is kept: what is used by what. Fails with E_STORE_DAMAGED rather than leaving one out. */
  scan(visit: (kept: KeptText) => void): Promise<void>;
  /**
   * Removes ended runs, what only they need, and cache entries; all or nothing for what lies in one file. Runs that another
   * process holds stay: `held` names them.
   */
  remove(runIds: readonly string[], cacheKeys: readonly string[]): Promise<Removed>;
  close(): Promise<void>;
}
