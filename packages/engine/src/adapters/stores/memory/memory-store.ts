import { hostname } from "node:os";
import type { KeptRun } from "../../../contracts/kept-run.js";
import type {
  CacheEntry,
  Claim,
  Holder,
  KeptText,
  LogEntry,
  Removed,
  RunRecord,
  Store,
  StoreBatch,
} from "../../../contracts/store.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import type { RunEvent } from "../../../kernel/event.js";
import type { Plan } from "../../../plan/plan.js";
import { lastOfBatch } from "../batch-order.js";
import { isUnfinished, newestFirst, pickRun, type RunFilter, tail, unfinishedRun } from "../run-match.js";
import { MemoryRequests } from "./memory-requests.js";

type MemoryRun = {
  record: RunRecord;
  /** Who keeps its record and events in a form of its own, for as long as it does. */
  kept?: KeptRun | undefined;
  /** JSON texts of lists of events, one per commit, and the number of the last event in each. */
  readonly texts: string[];
  readonly lasts: number[];
  readonly logs: string[];
};

/** What a batch changes, with everything that can fail already done. */
type Change = {
  readonly record: RunRecord | undefined;
  readonly last: number;
  readonly events: string | undefined;
  readonly plan: { readonly hash: string; readonly text: string } | undefined;
  readonly cache: readonly { readonly key: string; readonly place: string; readonly text: string }[];
  readonly logs: readonly string[];
};

const epoch = 1;

/** Events of a lent journal that are made at once. */
const PAGE = 1000;

/**
 * A store that ends with the process. Everything is kept as JSON text, as on disk: no caller can change what is stored,
 * and what is read is what a durable store would have answered.
 */
export class MemoryStore implements Store {
  readonly place = "memory";
  readonly isPrompt = true;
  readonly requests = new MemoryRequests();
  readonly #runs = new Map<string, MemoryRun>();
  readonly #names = new Set<string>();
  readonly #plans = new Map<string, string>();
  readonly #cache = new Map<string, string>();
  readonly #cachePlaces = new Map<string, string>();
  #open = true;

  create(batch: StoreBatch & { readonly record: RunRecord; readonly plan: Plan }): void {
    this.#expectOpen();
    const { record } = batch;
    if (this.#runs.has(record.id) || this.#names.has(record.name)) {
      throw nanobrainError("E_RUN_EXISTS", { run: this.#runs.has(record.id) ? record.id : record.name });
    }
    const change = prepare(batch, 0);
    const run: MemoryRun = { record: copy({ ...record, lastSeq: 0 }), texts: [], lasts: [], logs: [] };
    this.#runs.set(record.id, run);
    this.#names.add(record.name);
    this.#write(run, change);
  }

  /** A new run whose journal is made when it is read. Fails with E_RUN_EXISTS. */
  lend(kept: KeptRun, plan: Plan): void {
    this.#expectOpen();
    const record = kept.record();
    if (this.#runs.has(record.id) || this.#names.has(record.name))
      throw nanobrainError("E_RUN_EXISTS", { run: this.#runs.has(record.id) ? record.id : record.name });
    this.#runs.set(record.id, { record: copy(record), kept, texts: [], lasts: [], logs: [] });
    this.#names.add(record.name);
    if (!this.#plans.has(plan.hash)) this.#plans.set(plan.hash, JSON.stringify(plan));
  }

  /** From here on its journal grows here, as any other: what is made of it now is kept. */
  async takeBack(runId: string, record: RunRecord): Promise<void> {
    this.#expectOpen();
    const run = this.#runs.get(runId);
    if (run?.kept === undefined) throw nanobrainError("E_RUN_UNKNOWN", { run: runId, place: this.place });
    const changes: Change[] = [];
    for (let last = 0; last < record.lastSeq; last = changes.at(-1)?.last ?? record.lastSeq) {
      const events = await run.kept.events(last, PAGE);
      changes.push(prepare({ runId, events, record }, last));
    }
    run.kept = undefined;
    for (const change of changes) this.#write(run, change);
  }

  commit(batches: readonly StoreBatch[]): void {
    this.#expectOpen();
    const lasts = new Map<string, number>();
    const changes: (readonly [MemoryRun, Change])[] = [];
    for (const batch of batches) {
      const run = this.#runs.get(batch.runId);
      if (run === undefined) throw nanobrainError("E_RUN_UNKNOWN", { run: batch.runId, place: this.place });
      if (run.kept !== undefined)
        throw nanobrainError("E_INTERNAL", { what: `run ${batch.runId} is written to while its journal is lent` });
      const change = prepare(batch, lasts.get(batch.runId) ?? run.record.lastSeq);
      lasts.set(batch.runId, change.last);
      changes.push([run, change]);
    }
    for (const [run, change] of changes) this.#write(run, change);
  }

  #write(run: MemoryRun, { record, last, events, plan, cache, logs }: Change): void {
    if (events !== undefined) {
      run.texts.push(events);
      run.lasts.push(last);
    }
    const { id, name, createdAt } = run.record;
    run.record = { ...(record ?? run.record), id, name, createdAt, lastSeq: last };
    if (plan !== undefined) this.#plans.set(plan.hash, plan.text);
    for (const { key, place, text } of cache) {
      this.#cache.set(key, text);
      this.#cachePlaces.set(place, key);
    }
    run.logs.push(...logs);
  }

  async claim(runId: string): Promise<Claim> {
    this.#expectOpen();
    return this.#runs.has(runId) ? { status: "claimed", epoch } : { status: "unknown" };
  }

  async holds(runId: string): Promise<boolean> {
    this.#expectOpen();
    return this.#runs.has(runId);
  }

  /** There is nobody else to claim it. */
  async release(): Promise<void> {
    this.#expectOpen();
  }

  async runs(filter: RunFilter = {}): Promise<readonly RunRecord[]> {
    this.#expectOpen();
    const found: RunRecord[] = [];
    for (const run of this.#runs.values()) {
      const record = recordOf(run);
      if (filter.unfinished === true && !isUnfinished(record.status)) continue;
      if (filter.workflow !== undefined && record.workflow !== filter.workflow) continue;
      found.push({ ...record });
    }
    return newestFirst(found.reverse(), filter.limit);
  }

  async find(idOrName: string): Promise<RunRecord | undefined> {
    this.#expectOpen();
    const exact = this.#runs.get(idOrName);
    const found = exact === undefined ? pickRun(Array.from(this.#runs.values(), recordOf), idOrName) : recordOf(exact);
    return found === undefined ? undefined : { ...found };
  }

  async holder(runId: string): Promise<Holder | undefined> {
    this.#expectOpen();
    if (!this.#runs.has(runId)) return undefined;
    return { pid: process.pid, host: hostname(), startedAt: Math.round(performance.timeOrigin), epoch };
  }

  async events(runId: string, after = 0, limit = Number.POSITIVE_INFINITY): Promise<readonly RunEvent[]> {
    this.#expectOpen();
    const run = this.#runs.get(runId);
    if (run === undefined) return [];
    if (run.kept !== undefined) return run.kept.events(after, limit);
    const events: RunEvent[] = [];
    for (let at = firstAbove(run.lasts, after); at < run.texts.length && events.length < limit; at += 1) {
      for (const event of JSON.parse(run.texts[at] as string) as RunEvent[]) {
        if (event.seq > after && events.length < limit) events.push(event);
      }
    }
    return events;
  }

  async plan(hash: string): Promise<Plan | undefined> {
    this.#expectOpen();
    return parsed<Plan>(this.#plans.get(hash));
  }

  async logs(
    runId: string,
    filter: { readonly step?: string; readonly limit?: number } = {},
  ): Promise<readonly LogEntry[]> {
    this.#expectOpen();
    const entries = (this.#runs.get(runId)?.logs ?? []).map((text) => JSON.parse(text) as LogEntry);
    return tail(
      filter.step === undefined ? entries : entries.filter((entry) => entry.step === filter.step),
      filter.limit,
    );
  }

  async cached(key: string): Promise<CacheEntry | undefined> {
    this.#expectOpen();
    return parsed<CacheEntry>(this.#cache.get(key));
  }

  async lastCached(place: string): Promise<CacheEntry | undefined> {
    this.#expectOpen();
    const key = this.#cachePlaces.get(place);
    return key === undefined ? undefined : parsed<CacheEntry>(this.#cache.get(key));
  }

  async scan(visit: (kept: KeptText) => void): Promise<void> {
    this.#expectOpen();
    for (const [runId, run] of this.#runs) {
      for (const text of run.texts) visit({ kind: "events", runId, text });
      const lent = (await run.kept?.events(0, Number.POSITIVE_INFINITY)) ?? [];
      if (lent.length > 0) visit({ kind: "events", runId, text: JSON.stringify(lent) });
    }
    for (const [hash, text] of this.#plans) visit({ kind: "plan", hash, text });
    for (const [key, text] of this.#cache) {
      visit({ kind: "cache", key, runId: (JSON.parse(text) as CacheEntry).runId, text });
    }
  }

  async remove(runIds: readonly string[], cacheKeys: readonly string[]): Promise<Removed> {
    this.#expectOpen();
    const found = runIds.flatMap((id) => this.#runs.get(id) ?? []);
    const open = found.find((run) => isUnfinished(recordOf(run).status));
    if (open !== undefined) throw unfinishedRun(open.record.id);
    for (const id of runIds) {
      const run = this.#runs.get(id);
      if (run === undefined) continue;
      this.#runs.delete(id);
      this.#names.delete(run.record.name);
    }
    const used = new Set([...this.#runs.values()].map((run) => run.record.planHash));
    for (const hash of this.#plans.keys()) if (!used.has(hash)) this.#plans.delete(hash);
    for (const key of cacheKeys) this.#cache.delete(key);
    return { held: [], freedBytes: 0 };
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  #expectOpen(): void {
    if (!this.#open) throw nanobrainError("E_INTERNAL", { what: "the memory store is used after it was closed" });
  }
}

function prepare(batch: StoreBatch, last: number): Change {
  return {
    record: batch.record === undefined ? undefined : copy(batch.record),
    last: lastOfBatch(batch, last),
    events: batch.events.length === 0 ? undefined : JSON.stringify(batch.events),
    plan: batch.plan === undefined ? undefined : { hash: batch.plan.hash, text: JSON.stringify(batch.plan) },
    cache: (batch.cache ?? []).map((entry) => ({ key: entry.key, place: entry.place, text: JSON.stringify(entry) })),
    logs: (batch.logs ?? []).map((entry) => JSON.stringify(entry)),
  };
}

function recordOf(run: MemoryRun): RunRecord {
  return run.kept?.record() ?? run.record;
}

/** Position of the first number above `after` in an ascending list. */
function firstAbove(numbers: readonly number[], after: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

function copy(record: RunRecord): RunRecord {
  const { id, name, workflow, planHash, status, createdAt, endedAt, lastSeq } = record;
  return { id, name, workflow, planHash, status, createdAt, endedAt, lastSeq };
}

function parsed<Value>(text: string | undefined): Value | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Value);
}

/** A store for tests, benchmarks and runs nobody needs to resume: nothing is written to disk. */
export function openMemoryStore(): MemoryStore {
  return new MemoryStore();
}
