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
import { MemoryJournal } from "./memory-journal.js";
import { MemoryRequests } from "./memory-requests.js";

type MemoryRun = {
  record: RunRecord & { lastSeq: number };
  /** Who keeps its record and events in a form of its own, for as long as it does. */
  kept?: KeptRun | undefined;
  readonly journal: MemoryJournal;
  readonly logs: string[];
};

/** What a batch changes besides the journal, with everything that can fail already done. */
type Change = {
  readonly record: RunRecord | undefined;
  readonly plan: { readonly hash: string; readonly text: string } | undefined;
  readonly cache: readonly { readonly key: string; readonly place: string; readonly text: string }[] | undefined;
  readonly logs: readonly string[] | undefined;
};

const epoch = 1;

/** Events of a lent journal that are made at once. */
const PAGE = 1000;

/**
 * A store that ends with the process. Everything is kept as JSON text, or in numbers: no caller can change what is stored, and
 * what is read is what a durable store would have answered.
 */
export class MemoryStore implements Store {
  readonly place = "memory";
  readonly isPrompt = true;
  readonly requests = new MemoryRequests();
  readonly #runs = new Map<string, MemoryRun>();
  readonly #names = new Set<string>();
  /** Those of lent runs are written when somebody reads them. */
  readonly #plans = new Map<string, string | Plan>();
  readonly #cache = new Map<string, string>();
  readonly #cachePlaces = new Map<string, string>();
  #open = true;

  create(batch: StoreBatch & { readonly record: RunRecord; readonly plan: Plan }): void {
    this.#expectOpen();
    const { record } = batch;
    if (this.#runs.has(record.id) || this.#names.has(record.name)) {
      throw nanobrainError("E_RUN_EXISTS", { run: this.#runs.has(record.id) ? record.id : record.name });
    }
    lastOfBatch(batch, 0);
    const run: MemoryRun = { record: copy({ ...record, lastSeq: 0 }), journal: new MemoryJournal(), logs: [] };
    const isKnown = this.#plans.has(batch.plan.hash);
    const { plan: _known, ...others } = batch;
    this.#write(run, prepare(isKnown ? others : batch, run.journal));
    this.#runs.set(record.id, run);
    this.#names.add(record.name);
  }

  /** A new run whose journal is made when it is read. Fails with E_RUN_EXISTS. */
  lend(kept: KeptRun, plan: Plan): void {
    this.#expectOpen();
    const record = kept.record();
    if (this.#runs.has(record.id) || this.#names.has(record.name))
      throw nanobrainError("E_RUN_EXISTS", { run: this.#runs.has(record.id) ? record.id : record.name });
    this.#runs.set(record.id, { record: copy(record), kept, journal: new MemoryJournal(), logs: [] });
    this.#names.add(record.name);
    if (!this.#plans.has(plan.hash)) this.#plans.set(plan.hash, plan);
  }

  /** From here on its journal grows here, as any other: what is made of it now is kept. */
  async takeBack(runId: string, record: RunRecord): Promise<void> {
    this.#expectOpen();
    const run = this.#runs.get(runId);
    if (run?.kept === undefined) throw nanobrainError("E_RUN_UNKNOWN", { run: runId, place: this.place });
    for (let last = 0; last < record.lastSeq; last = run.journal.count) {
      const events = await run.kept.events(last, PAGE);
      lastOfBatch({ runId, events, record }, last);
      for (const event of events) run.journal.append(event);
    }
    run.kept = undefined;
    this.#write(run, prepare({ runId, events: [], record }, run.journal));
  }

  commit(batches: readonly StoreBatch[]): void {
    this.#expectOpen();
    const runs = batches.map((batch) => this.#writable(batch.runId));
    checkNumbers(batches, runs);
    const marks = runs.map(({ journal }) => journal.mark());
    let changes: Change[];
    try {
      changes = batches.map((batch, index) => prepare(batch, (runs[index] as MemoryRun).journal));
    } catch (error) {
      for (const [index, mark] of [...marks.entries()].reverse()) runs[index]?.journal.cut(mark);
      throw error;
    }
    for (const [index, change] of changes.entries()) this.#write(runs[index] as MemoryRun, change);
  }

  #write(run: MemoryRun, { record, plan, cache, logs }: Change): void {
    const { id, name, createdAt } = run.record;
    if (record === undefined) run.record.lastSeq = run.journal.count;
    else run.record = { ...record, id, name, createdAt, lastSeq: run.journal.count };
    if (plan !== undefined) this.#plans.set(plan.hash, plan.text);
    for (const { key, place, text } of cache ?? []) {
      this.#cache.set(key, text);
      this.#cachePlaces.set(place, key);
    }
    if (logs !== undefined) run.logs.push(...logs);
  }

  #planText(hash: string): string | undefined {
    const plan = this.#plans.get(hash);
    if (typeof plan !== "object") return plan;
    const text = JSON.stringify(plan);
    this.#plans.set(hash, text);
    return text;
  }

  #writable(runId: string): MemoryRun {
    const run = this.#runs.get(runId);
    if (run === undefined) throw nanobrainError("E_RUN_UNKNOWN", { run: runId, place: this.place });
    if (run.kept !== undefined)
      throw nanobrainError("E_INTERNAL", { what: `run ${runId} is written to while its journal is lent` });
    return run;
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
    return run.journal.read(after, limit);
  }

  journal(runId: string): ((after: number, until?: number) => readonly RunEvent[]) | undefined {
    this.#expectOpen();
    const run = this.#runs.get(runId);
    if (run === undefined || run.kept !== undefined) return undefined;
    const { journal } = run;
    return (after, until) => journal.read(after, Number.POSITIVE_INFINITY, until);
  }

  async plan(hash: string): Promise<Plan | undefined> {
    this.#expectOpen();
    return parsed<Plan>(this.#planText(hash));
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

  cached(key: string): CacheEntry | undefined {
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
      for (let last = 0; last < run.journal.count; last += PAGE)
        visit({ kind: "events", runId, text: JSON.stringify(run.journal.read(last, PAGE)) });
      if (run.kept !== undefined) visit({ kind: "events", runId, text: run.kept.text() });
    }
    for (const hash of this.#plans.keys()) visit({ kind: "plan", hash, text: this.#planText(hash) ?? "" });
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

/** Events go on from one to the next, whatever batch they are in. */
function checkNumbers(batches: readonly StoreBatch[], runs: readonly MemoryRun[]): void {
  const [only] = batches;
  if (only !== undefined && batches.length === 1) {
    lastOfBatch(only, runs[0]?.journal.count ?? 0);
    return;
  }
  const lasts = new Map<string, number>();
  for (const [index, batch] of batches.entries())
    lasts.set(batch.runId, lastOfBatch(batch, lasts.get(batch.runId) ?? runs[index]?.journal.count ?? 0));
}

/** Events are in the journal when this returns; the rest is not written yet. */
function prepare({ record, events, plan, cache, logs }: StoreBatch, journal: MemoryJournal): Change {
  for (const event of events) journal.append(event);
  return {
    record: record === undefined ? undefined : copy(record),
    plan: plan && { hash: plan.hash, text: JSON.stringify(plan) },
    cache: cache?.map((entry) => ({ key: entry.key, place: entry.place, text: JSON.stringify(entry) })),
    logs: logs?.map((entry) => JSON.stringify(entry)),
  };
}

function recordOf(run: MemoryRun): RunRecord {
  return run.kept?.record() ?? run.record;
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
