import { dirname } from "node:path";
import type { Holder, StoreBatch } from "../../../contracts/store.js";
import { NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import type { RunEvent } from "../../../kernel/event.js";
import { bodyOf, type Change, type NewRun } from "./change.js";
import type { SqliteDriver } from "./driver.js";
import { storeFault } from "./faults.js";
import type { FileLock } from "./file-lock.js";
import { closeQuietly, type JournalConnection, openForWriting, rollBack, settleOnDisk } from "./journal-connection.js";
import type { JournalReader } from "./journal-reader.js";
import { JournalWriter } from "./journal-writer.js";
import { framePageBytes, LogRoom } from "./log-room.js";
import type { StoredRun } from "./rows.js";
import {
  fileIdentity,
  fileSizeBytes,
  makeFile,
  readOwner,
  removeOwner,
  type StoreFolder,
  syncFolder,
  thisProcess,
  writeOwner,
} from "./store-folder.js";

const lookEveryMs = 1000;
/** The log is copied into the file when it is about so long. */
const logPages = 4000;

type Writing = JournalConnection & { readonly writer: JournalWriter };

/**
 * A journal this process owns: the only writing connection of its file, under its lock.
 * I1. Who has the lock writes; the lock is let go after the connection is closed.
 * I2. A commit that failed is unknown: the connection is dropped, the file reopened, synced and read again before
 *     anyone is told that the commit is, or is not, there.
 * I3. A file that was removed or replaced is not written to for longer than a second.
 */
export class Journal {
  readonly number: number;
  readonly file: string;
  readonly epoch: number;
  readonly #driver: SqliteDriver;
  readonly #folder: StoreFolder;
  readonly #lock: FileLock;
  readonly #identity: string;
  #writing: Writing | undefined;
  #room: LogRoom;
  #unknown: readonly Change[] = [];
  #lookedAt = performance.now();

  /** `lock` is held, and let go if this fails. */
  constructor(driver: SqliteDriver, folder: StoreFolder, number: number, lock: FileLock) {
    this.#driver = driver;
    this.#folder = folder;
    this.#lock = lock;
    this.number = number;
    this.file = folder.journal(number);
    this.#room = new LogRoom(this.file);
    try {
      const made = makeFile(this.file);
      const unclean = readOwner(folder, number) !== undefined || fileSizeBytes(`${this.file}-wal`) > 0;
      const connection = openForWriting(driver, this.file, unclean && !made ? "examine" : "trusted");
      if (made) syncFolder(dirname(this.file));
      const writer = new JournalWriter(connection.prepared, connection.reader, undefined);
      this.#writing = { ...connection, writer };
      this.epoch = writer.epoch;
      this.#identity = this.#identityNow();
      writeOwner(folder, number, this.epoch);
    } catch (error) {
      closeQuietly(this.#writing?.prepared.connection);
      lock.close();
      throw storeFault(driver, this.file, error);
    }
  }

  get holder(): Holder {
    return thisProcess(this.epoch);
  }

  get unfinished(): number {
    return this.#ready().writer.unfinished;
  }

  get reader(): JournalReader {
    return this.#ready().reader;
  }

  has(runId: string): boolean {
    return this.run(runId) !== undefined;
  }

  run(runId: string): StoredRun | undefined {
    return this.#ready().writer.run(runId);
  }

  /** Undefined: no such run in this journal. */
  events(runId: string, after: number, limit: number): readonly RunEvent[] | undefined {
    const { writer, reader } = this.#ready();
    const run = writer.run(runId);
    return run === undefined ? undefined : reader.eventsOf(run, after, limit);
  }

  /** Puts the new epoch on disk, so that whoever wrote before cannot any more. */
  fence(): void {
    this.#write([]);
  }

  /** Runs that no journal has. */
  create(batches: readonly NewRun[]): void {
    this.#write(this.#ready().writer.stageNew(batches));
  }

  /** Fails as `commit` would before it writes anything. */
  check(batches: readonly StoreBatch[]): void {
    this.#stage(batches);
  }

  /**
   * One transaction. After E_STORE_FULL or E_STORE_IO it is not there, or it is unknown whether it is; a later commit of
   * the same batches finds out.
   */
  commit(batches: readonly StoreBatch[]): void {
    this.#look();
    const changes = this.#stage(batches);
    if (changes.length > 0) this.#write(changes);
    this.#unknown = [];
    const used = this.#ready().writer.logPages;
    if (used >= logPages) this.#shortenLog();
    else this.#room.keepAhead(used * framePageBytes);
  }

  /** What was committed is on disk, whatever happens here. */
  #shortenLog(): void {
    const { writer, prepared } = this.#ready();
    writer.settled();
    try {
      writer.saveHeads();
      prepared.sql("PRAGMA wal_checkpoint(PASSIVE)").get([]);
    } catch {
      this.#drop();
    }
  }

  /** Removes ended runs and cache entries, and gives the room back. Answers the bytes the file is smaller by. */
  remove(runIds: readonly string[], cacheKeys: readonly string[]): number {
    this.#look();
    const { writer, prepared } = this.#ready();
    writer.saveHeads();
    settleOnDisk(prepared.connection, this.file);
    const before = fileSizeBytes(this.file);
    this.#room = new LogRoom(this.file);
    try {
      writer.remove(runIds, cacheKeys);
      prepared.connection.exec("VACUUM");
      settleOnDisk(prepared.connection, this.file);
    } catch (error) {
      this.#drop();
      throw storeFault(this.#driver, this.file, error);
    }
    return Math.max(0, before - fileSizeBytes(this.file));
  }

  #stage(batches: readonly StoreBatch[]): readonly Change[] {
    const { writer } = this.#ready();
    const unknown = this.#unknown;
    const open = unknown.length === 0 ? batches : batches.filter((batch) => !isStored(batch, unknown, writer));
    return writer.stage(open);
  }

  #write(changes: readonly Change[]): void {
    const { writer } = this.#ready();
    try {
      writer.write(changes);
      writer.accept(changes);
    } catch (error) {
      this.#settle(error, changes);
    }
  }

  /** Finds out whether a failed commit is on disk; returns if all of it is. */
  #settle(error: unknown, changes: readonly Change[]): void {
    if (error instanceof NanobrainError && error.code === "E_STORE_FULL" && this.#isRolledBack(changes)) throw error;
    this.#drop();
    this.#unknown = changes;
    let writer: JournalWriter;
    try {
      writer = this.#ready().writer;
    } catch {
      throw error;
    }
    this.#unknown = [];
    const telling = changes.filter((change) => !sameRun(change.before, change.after));
    if (telling.length === 0 || !telling.every((change) => isAtEnd(change, writer))) throw error;
  }

  /** A full disk, known to have left nothing behind, costs no new connection: it may be tried often. */
  #isRolledBack(changes: readonly Change[]): boolean {
    const { prepared, reader } = this.#ready();
    const firsts = new Map(changes.toReversed().map(({ before, after }) => [after.record.id, before]));
    try {
      rollBack(prepared.connection);
      return [...firsts].every(([id, before]) => sameRun(reader.run(id), before));
    } catch {
      return false;
    }
  }

  #drop(): void {
    this.#room = new LogRoom(this.file);
    closeQuietly(this.#writing?.prepared.connection);
    this.#writing = undefined;
  }

  /** The open connection; after a failure a new one, with all that was committed synced first. */
  #ready(): Writing {
    if (this.#writing !== undefined) return this.#writing;
    if (this.#identityNow() !== this.#identity) throw this.#gone();
    const connection = openForWriting(this.#driver, this.file, "trusted");
    try {
      settleOnDisk(connection.prepared.connection, this.file);
      const { epoch } = connection.reader.meta();
      if (epoch > this.epoch)
        throw nanobrainError("E_STORE_LOCKED", { file: this.file, what: "another process has taken it over" });
      this.#writing = { ...connection, writer: new JournalWriter(connection.prepared, connection.reader, this.epoch) };
      return this.#writing;
    } catch (error) {
      closeQuietly(connection.prepared.connection);
      throw storeFault(this.#driver, this.file, error);
    }
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = now;
    if (this.#identityNow() !== this.#identity) throw this.#gone();
  }

  #identityNow(): string {
    return `${fileIdentity(this.file)} ${fileIdentity(this.#folder.lock(this.number))}`;
  }

  #gone(): NanobrainError {
    return nanobrainError("E_STORE_IO", {
      file: this.file,
      what: "the file or its lock was removed or replaced while in use",
    });
  }

  /** Leaves a file that needs no recovery, and lets go of the lock. */
  close(): void {
    const connection = this.#writing?.prepared.connection;
    const writer = this.#writing?.writer;
    this.#writing = undefined;
    try {
      writer?.saveHeads();
      if (connection !== undefined) settleOnDisk(connection, this.file);
      connection?.close();
      removeOwner(this.#folder, this.number);
    } catch {
      // Everything acknowledged is in the log already: the next owner recovers it.
      closeQuietly(connection);
    }
    this.#lock.close();
  }
}

/** Whether the rows of a run say the same. */
function sameRun(one: StoredRun | undefined, other: StoredRun | undefined): boolean {
  return JSON.stringify([one?.head, one?.record]) === JSON.stringify([other?.head, other?.record]);
}

function isAtEnd(change: Change, writer: JournalWriter): boolean {
  return sameRun(writer.run(change.after.record.id), change.after);
}

function isStored(batch: StoreBatch, unknown: readonly Change[], writer: JournalWriter): boolean {
  const body = bodyOf(batch);
  return unknown.some(
    (change) => change.batch.runId === batch.runId && change.body === body && isAtEnd(change, writer),
  );
}
