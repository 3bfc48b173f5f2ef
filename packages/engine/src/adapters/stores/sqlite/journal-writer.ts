import type { RunRecord, StoreBatch } from "../../../contracts/store.js";
import { NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import { packedText } from "../../../plan/packed-json.js";
import { isUnfinished, unfinishedRun } from "../run-match.js";
import { type Change, type NewRun, workOut } from "./change.js";
import { chainStart, textSum } from "./checksum.js";
import type { SqlValue } from "./driver.js";
import type { JournalReader } from "./journal-reader.js";
import type { Prepared } from "./prepared.js";
import { eventValues, type Head, headValues, type Meta, metaValues, runValues, type StoredRun } from "./rows.js";

/** A commit that only adds events to one run is this one statement, and its own transaction. */
export const addEvents =
  "INSERT INTO events(run,first,last,body,chain,sum) SELECT ?,?,?,?,?,? WHERE (SELECT CAST(epoch AS INTEGER) FROM meta)=?";
const updateRuns =
  "UPDATE runs SET workflow=v.column2,plan=v.column3,status=v.column4,ended_at=v.column5,sum=v.column6 FROM (VALUES";
const updateRunsEnd = ") AS v WHERE runs.num=v.column1";
/** Rows that one statement inserts, largest first. */
const rowsAtOnce = [64, 8, 1] as const;
const pageBytes = 4096;
const indexBytes = 256;

/**
 * Works out and writes commits of one journal, over its only writing connection. Staging can fail and touches nothing;
 * writing is one transaction. I10: the transaction fails when the journal's epoch is not what this writer left, or a run
 * has events already where this commit's begin.
 */
export class JournalWriter {
  readonly #prepared: Prepared;
  readonly #file: string;
  readonly #reader: JournalReader;
  readonly #runs = new Map<string, StoredRun>();
  readonly #plans = new Set<string>();
  /** Runs whose rows of `heads` are behind their events. */
  readonly #behind: Set<string>;
  #meta: Meta;
  /** The epoch that the file must still say. Lower than `epoch` until the first transaction. */
  #fence: number;
  #logPages = 0;
  readonly epoch: number;

  constructor(prepared: Prepared, reader: JournalReader, epoch: number | undefined) {
    this.#prepared = prepared;
    this.#reader = reader;
    this.#file = reader.file;
    this.#meta = reader.meta();
    this.#fence = this.#meta.epoch;
    this.#behind = new Set(reader.behind());
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

  /** About so many pages were written to the log since `settled` was called. */
  get logPages(): number {
    return this.#logPages;
  }

  settled(): void {
    this.#logPages = 0;
  }

  /** Works out a commit. Fails with E_INTERNAL, and then nothing has changed. */
  stage(batches: readonly StoreBatch[]): readonly Change[] {
    const staged = new Map<string, StoredRun>();
    return batches.map((batch) => {
      const before = staged.get(batch.runId) ?? this.run(batch.runId);
      if (before === undefined) throw nanobrainError("E_INTERNAL", { what: `run ${batch.runId} was not created` });
      const change = workOut(batch, before, before.head);
      if (batches.length > 1) staged.set(batch.runId, change.after);
      return change;
    });
  }

  /** The same for runs that no journal has. */
  stageNew(batches: readonly NewRun[]): readonly Change[] {
    const { next } = this.#meta;
    return batches.map((batch, at) =>
      workOut(batch, undefined, { num: next + at, seq: 0, chain: chainStart(batch.runId), logs: 0 }),
    );
  }

  /** One transaction with what was staged; nothing at all when it only has to fence (`changes` empty). */
  write(changes: readonly Change[]): void {
    const [only] = changes;
    if (changes.length === 1 && only?.isPlain === true && this.#fence === this.epoch) this.#writeAlone(only);
    else this.#writeTogether(changes);
  }

  #writeAlone({ after, link, body }: Change): void {
    const values = eventValues(after.head.num, link, body as string);
    values.push(this.epoch);
    if (this.#prepared.sql(addEvents).run(values) !== 1) throw this.#fenced("its epoch is another");
  }

  #writeTogether(changes: readonly Change[]): void {
    this.#begin();
    const meta = this.#countsAfter(changes);
    this.#insertAll("INSERT INTO runs VALUES", newRuns(changes));
    this.#insertAll("INSERT INTO events(run,first,last,body,chain,sum) VALUES", newEvents(changes));
    this.#insertAll("INSERT OR REPLACE INTO heads VALUES", newHeads(changes));
    this.#insertAll(updateRuns, changedRuns(changes), updateRunsEnd);
    for (const change of changes) this.#writeRest(change);
    if (!sameMeta(meta, this.#meta)) this.#writeMeta(meta);
    this.#prepared.sql("COMMIT").run([]);
  }

  /** A call of SQLite costs more than a row: many rows go into one. */
  #insertAll(insert: string, rows: readonly (readonly SqlValue[])[], end = ""): void {
    let at = 0;
    for (const count of rowsAtOnce) {
      if (rows.length - at < count) continue;
      const row = `(${"?,".repeat((rows[at]?.length ?? 1) - 1)}?)`;
      const statement = this.#prepared.sql(insert + `${row},`.repeat(count - 1) + row + end);
      for (; rows.length - at >= count; at += count) statement.run(valuesOf(rows, at, count));
    }
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
    let textLength = 0;
    for (const { after, batch, body, savesHead } of changes) {
      const { id, status } = after.record;
      if (isUnfinished(status)) this.#runs.set(id, after);
      else this.#runs.delete(id);
      if (savesHead) this.#behind.delete(id);
      else this.#behind.add(id);
      if (batch.plan !== undefined) this.#plans.add(batch.plan.hash);
      textLength += body?.length ?? 0;
    }
    // Rows of one commit lie together; of the indexes each may have another page.
    this.#logPages += 2 + Math.ceil((textLength + changes.length * indexBytes) / pageBytes);
  }

  /** Brings `heads` up to date, in a transaction of its own: to be called before the log is copied into the file. */
  saveHeads(): void {
    if (this.#behind.size === 0) return;
    this.#begin();
    const heads = [...this.#behind].flatMap((id) => this.#headOf(id) ?? []);
    this.#insertAll(
      "INSERT OR REPLACE INTO heads VALUES",
      heads.map((head) => headValues(head)),
    );
    this.#prepared.sql("COMMIT").run([]);
    this.#behind.clear();
  }

  /** Undefined: the run is damaged, which is told to whoever reads it. */
  #headOf(id: string): Head | undefined {
    try {
      return this.run(id)?.head;
    } catch (error) {
      if (error instanceof NanobrainError && error.code === "E_STORE_DAMAGED") return undefined;
      throw error;
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
    for (const key of cacheKeys) {
      this.#prepared.sql("DELETE FROM cache WHERE key=?").run([key]);
      this.#reader.ahead.forget(key);
    }
    this.#writeMeta(meta);
    this.#prepared.sql("COMMIT").run([]);
    this.#meta = meta;
    this.#fence = this.epoch;
    this.#plans.clear();
    for (const id of runIds) {
      this.#runs.delete(id);
      this.#behind.delete(id);
    }
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

  #writeMeta(meta: Meta): void {
    this.#prepared.sql("UPDATE meta SET epoch=?,next=?,runs=?,unfinished=?,sum=?").run(metaValues(meta));
  }

  #writeRest({ batch, before, after }: Change): void {
    if (batch.plan !== undefined && !this.#plans.has(batch.plan.hash) && !this.#hasPlan(batch.plan.hash)) {
      const text = packedText(batch.plan);
      const insert = this.#prepared.sql("INSERT INTO plans(hash,body,sum) VALUES(?,?,?) ON CONFLICT(hash) DO NOTHING");
      insert.run([batch.plan.hash, text, textSum([batch.plan.hash], text)]);
    }
    for (const entry of batch.cache ?? []) {
      const text = JSON.stringify(entry);
      const insert = this.#prepared.sql("INSERT OR REPLACE INTO cache(key,place,body,sum) VALUES(?,?,?,?)");
      insert.run([entry.key, entry.place, text, textSum([entry.key, entry.place], text)]);
      this.#reader.ahead.forget(entry.key);
    }
    if (after.head.logs !== (before?.head.logs ?? 0)) {
      const text = JSON.stringify(batch.logs);
      const insert = this.#prepared.sql("INSERT INTO logs(run,body,sum) VALUES(?,?,?)");
      insert.run([after.head.num, text, textSum([after.head.num], text)]);
    }
  }

  /** Before its text is made, which takes long for a large plan. */
  #hasPlan(hash: string): boolean {
    return this.#prepared.sql("SELECT 1 AS found FROM plans WHERE hash=?").get([hash]) !== undefined;
  }

  #fenced(what: string): unknown {
    return nanobrainError("E_STORE_LOCKED", { file: this.#file, what: `another process has taken it over: ${what}` });
  }
}

function newRuns(changes: readonly Change[]): SqlValue[][] {
  const added = changes.filter(({ before }) => before === undefined);
  return added.map(({ after }) => runValues(after.head.num, after.record));
}

/** One row for each run whose index line changes. */
function changedRuns(changes: readonly Change[]): SqlValue[][] {
  const changed = new Map<number, RunRecord>();
  for (const { batch, before, after } of changes)
    if (before !== undefined && batch.record !== undefined) changed.set(after.head.num, after.record);
  return [...changed].map(([num, record]) => {
    const values = runValues(num, record);
    return [num, ...values.slice(3, 6), ...values.slice(7)];
  });
}

/** Of so many rows, one behind the other. */
function valuesOf(rows: readonly (readonly SqlValue[])[], from: number, count: number): readonly SqlValue[] {
  const values: SqlValue[] = [];
  for (let at = from; at < from + count; at++) for (const value of rows[at] ?? []) values.push(value);
  return values;
}

function newEvents(changes: readonly Change[]): SqlValue[][] {
  return changes.flatMap(({ after, link, body }) =>
    body === undefined ? [] : [eventValues(after.head.num, link, body)],
  );
}

/** One row for each run: the last of its changes says where it ends, whichever of them asked for it. */
function newHeads(changes: readonly Change[]): SqlValue[][] {
  const heads = new Map(changes.flatMap(({ after, savesHead }) => (savesHead ? [[after.head.num, after.head]] : [])));
  return [...heads.values()].map((head) => headValues(head));
}

function sameMeta(one: Meta, other: Meta): boolean {
  return (
    one.epoch === other.epoch &&
    one.next === other.next &&
    one.runs === other.runs &&
    one.unfinished === other.unfinished
  );
}
