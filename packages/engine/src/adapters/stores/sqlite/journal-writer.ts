import type { StoreBatch } from "../../../contracts/store.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { lastOfBatch } from "../batch-order.js";
import { isUnfinished, unfinishedRun } from "../run-match.js";
import { chainOn, chainStart, rowSum } from "./checksum.js";
import type { JournalReader } from "./journal-reader.js";
import type { Prepared } from "./prepared.js";
import { type Head, headValues, type Meta, metaValues, runValues, type StoredRun } from "./rows.js";

/** One batch worked out: what the run's rows are before and after it. `before` is absent for a new run. */
export type Change = {
  readonly batch: StoreBatch;
  readonly before: StoredRun | undefined;
  readonly after: StoredRun;
  /** The batch's events as one row's text. */
  readonly body: string | undefined;
};

/**
 * Works out and writes commits of one journal, over its only writing connection. Staging can fail and touches nothing;
 * writing is one transaction. I10: the transaction fails when the journal's epoch, or a run's last number, is not what this writer left.
 */
export class JournalWriter {
  readonly #prepared: Prepared;
  readonly #file: string;
  readonly #reader: JournalReader;
  readonly #runs = new Map<string, StoredRun>();
  readonly #plans = new Set<string>();
  #meta: Meta;
  /** The epoch that the file must still say. Lower than `epoch` until the first transaction. */
  #fence: number;
  readonly epoch: number;

  constructor(prepared: Prepared, reader: JournalReader, epoch: number | undefined) {
    this.#prepared = prepared;
    this.#reader = reader;
    this.#file = reader.file;
    this.#meta = reader.meta();
    this.#fence = this.#meta.epoch;
    this.epoch = epoch ?? this.#meta.epoch + 1;
  }

  run(id: string): StoredRun | undefined {
    const known = this.#runs.get(id) ?? this.#reader.run(id);
    if (known !== undefined) this.#runs.set(id, known);
    return known;
  }

  get unfinished(): number {
    return this.#meta.unfinished;
  }

  /** Works out a commit; a run not known yet is new and needs its record. Fails with E_INTERNAL, and then nothing has changed. */
  stage(batches: readonly StoreBatch[]): readonly Change[] {
    const staged = new Map<string, StoredRun>();
    let next = this.#meta.next;
    return batches.map((batch) => {
      const before = staged.get(batch.runId) ?? this.run(batch.runId);
      const start = before?.head ?? { num: next, seq: 0, chain: chainStart(batch.runId), logs: 0 };
      if (before === undefined) next += 1;
      const change = work(batch, before, start);
      staged.set(batch.runId, change.after);
      return change;
    });
  }

  /** One transaction with what was staged; nothing at all when it only has to fence (`changes` empty). */
  write(changes: readonly Change[]): void {
    this.#begin();
    const meta = this.#countsAfter(changes);
    for (const change of changes) this.#writeChange(change);
    if (JSON.stringify(meta) !== JSON.stringify(this.#meta)) {
      this.#prepared.sql("UPDATE meta SET epoch=?,next=?,runs=?,unfinished=?,sum=?").run(metaValues(meta));
    }
    this.#prepared.sql("COMMIT").run([]);
  }

  #begin(): void {
    this.#prepared.sql("BEGIN IMMEDIATE").run([]);
    const epoch = this.#prepared.sql("SELECT CAST(epoch AS INTEGER) AS epoch FROM meta").get([])?.["epoch"];
    if (epoch !== this.#fence) throw this.#fenced(`its epoch is ${String(epoch)}, ${this.#fence} is expected`);
  }

  /** To be called once the transaction is known to be on disk. */
  accept(changes: readonly Change[]): void {
    this.#meta = this.#countsAfter(changes);
    this.#fence = this.epoch;
    for (const { after, batch } of changes) {
      if (isUnfinished(after.record.status)) this.#runs.set(after.record.id, after);
      else this.#runs.delete(after.record.id);
      if (batch.plan !== undefined) this.#plans.add(batch.plan.hash);
    }
  }

  /** Removes ended runs, plans that no run is left for, and cache entries: one transaction. */
  remove(runIds: readonly string[], cacheKeys: readonly string[]): void {
    const found = runIds.flatMap((id) => this.#reader.run(id) ?? []);
    const open = found.find(({ record }) => isUnfinished(record.status));
    if (open !== undefined) throw unfinishedRun(open.record.id);
    const meta = { ...this.#meta, epoch: this.epoch, runs: this.#meta.runs - found.length };
    this.#begin();
    for (const { head } of found) {
      for (const table of ["events", "logs", "heads"])
        this.#prepared.sql(`DELETE FROM ${table} WHERE run=?`).run([head.num]);
      this.#prepared.sql("DELETE FROM runs WHERE num=?").run([head.num]);
    }
    this.#prepared.sql("DELETE FROM plans WHERE hash NOT IN (SELECT plan FROM runs)").run([]);
    for (const key of cacheKeys) this.#prepared.sql("DELETE FROM cache WHERE key=?").run([key]);
    this.#prepared.sql("UPDATE meta SET epoch=?,next=?,runs=?,unfinished=?,sum=?").run(metaValues(meta));
    this.#prepared.sql("COMMIT").run([]);
    this.#meta = meta;
    this.#fence = this.epoch;
    this.#plans.clear();
    for (const id of runIds) this.#runs.delete(id);
  }

  #countsAfter(changes: readonly Change[]): Meta {
    let { next, runs, unfinished } = this.#meta;
    for (const { before, after } of changes) {
      if (before === undefined) {
        runs += 1;
        next = after.head.num + 1;
      }
      const wasOpen = before !== undefined && isUnfinished(before.record.status);
      unfinished += Number(isUnfinished(after.record.status)) - Number(wasOpen);
    }
    return { epoch: this.epoch, next, runs, unfinished };
  }

  #writeChange(change: Change): void {
    const { batch, before, after, body } = change;
    this.#writeRun(before, after, batch.record !== undefined);
    if (body !== undefined) {
      const { num, seq, chain } = after.head;
      this.#prepared.sql("INSERT INTO events(run,seq,body,chain) VALUES(?,?,?,?)").run([num, seq, body, chain]);
    }
    if (batch.plan !== undefined && !this.#plans.has(batch.plan.hash)) {
      const text = JSON.stringify(batch.plan);
      const insert = this.#prepared.sql("INSERT INTO plans(hash,body,sum) VALUES(?,?,?) ON CONFLICT(hash) DO NOTHING");
      insert.run([batch.plan.hash, text, rowSum([batch.plan.hash, text])]);
    }
    for (const entry of batch.cache ?? []) {
      const text = JSON.stringify(entry);
      const insert = this.#prepared.sql("INSERT OR REPLACE INTO cache(key,place,body,sum) VALUES(?,?,?,?)");
      insert.run([entry.key, entry.place, text, rowSum([entry.key, entry.place, text])]);
    }
    if (after.head.logs !== (before?.head.logs ?? 0)) {
      const text = JSON.stringify(batch.logs);
      const insert = this.#prepared.sql("INSERT INTO logs(run,body,sum) VALUES(?,?,?)");
      insert.run([after.head.num, text, rowSum([after.head.num, text])]);
    }
  }

  #writeRun(before: StoredRun | undefined, after: StoredRun, recordGiven: boolean): void {
    if (before === undefined) {
      this.#prepared.sql("INSERT INTO runs VALUES(?,?,?,?,?,?,?,?,?)").run(runValues(after.head.num, after.record));
      this.#prepared.sql("INSERT INTO heads VALUES(?,?,?,?,?)").run(headValues(after.head));
      return;
    }
    if (after.head !== before.head) {
      const [num, seq, chain, logs, sum] = headValues(after.head);
      const update = this.#prepared.sql(
        "UPDATE heads SET seq=?,chain=?,logs=?,sum=? WHERE run=? AND seq=? AND chain=?",
      );
      const changed = update.run([seq, chain, logs, sum, num, before.head.seq, before.head.chain] as (
        | number
        | string
      )[]);
      if (changed !== 1) throw this.#fenced(`run ${after.record.id} has moved on from event ${before.head.seq}`);
    }
    if (recordGiven) {
      const values = runValues(after.head.num, after.record);
      const update = this.#prepared.sql("UPDATE runs SET workflow=?,plan=?,status=?,ended_at=?,sum=? WHERE num=?");
      update.run([...values.slice(3, 6), ...values.slice(7), after.head.num]);
    }
  }

  #fenced(what: string): unknown {
    return nanobrainError("E_STORE_LOCKED", { file: this.#file, what: `another process has taken it over: ${what}` });
  }
}

function work(batch: StoreBatch, before: StoredRun | undefined, start: Head): Change {
  const seq = lastOfBatch(batch, start.seq);
  const body = batch.events.length === 0 ? undefined : JSON.stringify(batch.events);
  const chain = body === undefined ? start.chain : chainOn(start.chain, body);
  const logs = start.logs + (batch.logs === undefined || batch.logs.length === 0 ? 0 : 1);
  const moved = body !== undefined || logs !== start.logs || before === undefined;
  const first = before?.record ?? batch.record;
  if (first === undefined) throw nanobrainError("E_INTERNAL", { what: `run ${batch.runId} was not created` });
  const { workflow, planHash, status, endedAt } = batch.record ?? first;
  const { id, name, createdAt } = first;
  const record = { id, name, workflow, planHash, status, createdAt, endedAt, lastSeq: seq };
  const head = moved ? { num: start.num, seq, chain, logs } : start;
  return { batch, before, after: { head, record }, body };
}
