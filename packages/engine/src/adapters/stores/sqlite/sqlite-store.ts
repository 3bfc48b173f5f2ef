import { realpathSync } from "node:fs";
import { resolve } from "node:path";
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
import { newestFirst, pickRun, type RunFilter, tail } from "../run-match.js";
import { Arrivals } from "./arrivals.js";
import type { NewRun } from "./change.js";
import type { DriverName, SqliteDriver } from "./driver.js";
import { FileLock } from "./file-lock.js";
import { Journal } from "./journal.js";
import type { JournalReader } from "./journal-reader.js";
import { JournalReaders } from "./journal-readers.js";
import { loadDriver } from "./load-driver.js";
import { OwnedJournals } from "./owned-journals.js";
import { RequestFolder } from "./request-folder.js";
import type { StoredRun } from "./rows.js";
import { fileIdentity, journalNumbers, readOwner, type StoreFolder, storeFolder } from "./store-folder.js";

/**
 * A folder with one SQLite file (journal) per process that writes. A run lives in the journal of the process that created
 * it, and is written by whoever holds that journal; everybody reads all journals. Looking around makes and locks nothing.
 * A commit that spans several journals is one transaction in each of them.
 */
class SqliteStore implements Store {
  readonly place: string;
  readonly takesText = true;
  readonly requests: RequestFolder;
  readonly #driver: SqliteDriver;
  readonly #folder: StoreFolder;
  readonly #readers: JournalReaders;
  readonly #owned: OwnedJournals;
  readonly #arrivals: Arrivals;
  #open = true;
  /** Journals that were found by the last look at the folder. */
  #known: readonly number[] = [];

  constructor(driver: SqliteDriver, root: string) {
    this.place = root;
    this.requests = new RequestFolder(root);
    this.#driver = driver;
    this.#folder = storeFolder(root);
    this.#readers = new JournalReaders(driver, this.#folder);
    this.#owned = new OwnedJournals(driver, this.#folder, this.#readers);
    this.#arrivals = new Arrivals({
      driver,
      lock: this.#folder.createLock,
      primary: () => this.#owned.primary ?? this.#owned.takePrimary(),
      named: (ids, names) => this.#collect((reader) => reader.named(ids, names)),
    });
  }

  create(batch: NewRun): Promise<void> {
    this.#expectOpen();
    return this.#arrivals.add(batch);
  }

  commit(batches: readonly StoreBatch[]): void {
    this.#expectOpen();
    const primary = this.#owned.primary;
    const parts = new Map<Journal, StoreBatch[]>();
    for (const batch of batches) {
      const journal = primary?.has(batch.runId) === true ? primary : this.#journalOf(batch.runId);
      const part = parts.get(journal);
      if (part === undefined) parts.set(journal, [batch]);
      else part.push(batch);
    }
    if (parts.size > 1) for (const [journal, part] of parts) journal.check(part);
    for (const [journal, part] of parts) journal.commit(part);
  }

  #journalOf(runId: string): Journal {
    for (const journal of this.#owned.all()) if (journal.has(runId)) return journal;
    throw nanobrainError("E_INTERNAL", { what: `run ${runId} is written to before it was created or claimed` });
  }

  async claim(runId: string): Promise<Claim> {
    const number = this.#locate(runId);
    if (number === undefined) return { status: "unknown" };
    const taken = await this.#owned.takeOver(number, runId);
    if (taken instanceof Journal) return { status: "claimed", epoch: taken.epoch };
    return { status: "held", holder: taken };
  }

  async holds(runId: string): Promise<boolean> {
    this.#expectOpen();
    for (const journal of this.#owned.all()) if (journal.has(runId)) return true;
    return false;
  }

  async release(runId: string): Promise<void> {
    const number = this.#locate(runId);
    if (number !== undefined) await this.#owned.release(number, runId);
  }

  async runs(filter: RunFilter = {}): Promise<readonly RunRecord[]> {
    return newestFirst(
      this.#collect((reader) => reader.runs(filter)),
      filter.limit,
    );
  }

  async find(idOrName: string): Promise<RunRecord | undefined> {
    if (idOrName === "") return undefined;
    const [known] = this.#located(idOrName) ?? [];
    if (known !== undefined) return { ...known.record };
    const exact = this.#collect((reader) => reader.named([idOrName], [idOrName]));
    if (exact.length > 0) return pickRun(exact, idOrName);
    return pickRun(
      this.#collect((reader) => reader.starting(idOrName)),
      idOrName,
    );
  }

  async holder(runId: string): Promise<Holder | undefined> {
    const number = this.#locate(runId);
    if (number === undefined) return undefined;
    const own = this.#owned.get(number);
    if (own !== undefined) return own.holder;
    if (fileIdentity(this.#folder.lock(number)) === undefined) return undefined;
    const lock = new FileLock(this.#driver, this.#folder.lock(number));
    const taken = lock.isTaken();
    lock.close();
    return taken ? readOwner(this.#folder, number) : undefined;
  }

  async events(runId: string, after = 0, limit = Number.POSITIVE_INFINITY): Promise<readonly RunEvent[]> {
    this.#expectOpen();
    for (const journal of this.#owned.all()) {
      const events = journal.events(runId, after, limit);
      if (events !== undefined) return events;
    }
    return this.#first((reader) => reader.events(runId, after, limit)) ?? this.#noSuchRun(runId) ?? [];
  }

  async plan(hash: string): Promise<Plan | undefined> {
    return this.#first((reader) => reader.plan(hash));
  }

  async logs(
    runId: string,
    filter: { readonly step?: string; readonly limit?: number } = {},
  ): Promise<readonly LogEntry[]> {
    const entries = this.#first((reader) => reader.logs(runId)) ?? this.#noSuchRun(runId) ?? [];
    return tail(
      filter.step === undefined ? entries : entries.filter((entry) => entry.step === filter.step),
      filter.limit,
    );
  }

  /** In the journals that were there a moment ago; before it is said that there is none, in those that came since. */
  cached(key: string): CacheEntry | undefined {
    const known = this.#known.flatMap((number) => present(this.#readerOf(number)?.cached(key)));
    return newest(known) ?? newest(this.#collect((reader) => present(reader.cached(key))));
  }

  async lastCached(place: string): Promise<CacheEntry | undefined> {
    return newest(this.#collect((reader) => present(reader.lastCached(place))));
  }

  async scan(visit: (kept: KeptText) => void): Promise<void> {
    for (const [, reader] of this.#journals()) reader.scan(visit);
  }

  async remove(runIds: readonly string[], cacheKeys: readonly string[]): Promise<Removed> {
    const held: { runId: string; holder: Holder }[] = [];
    let freedBytes = 0;
    for (const [number, reader] of [...this.#journals()]) {
      const own = runIds.filter((id) => reader.run(id) !== undefined);
      const keys = cacheKeys.filter((key) => reader.cached(key) !== undefined);
      if (own.length + keys.length === 0) continue;
      const claim = `prune ${number}`;
      const taken = await this.#owned.takeOver(number, claim);
      try {
        if (taken instanceof Journal) freedBytes += taken.remove(own, keys);
        else held.push(...own.map((runId) => ({ runId, holder: taken })));
      } finally {
        if (taken instanceof Journal) await this.#owned.release(number, claim);
      }
    }
    return { held, freedBytes };
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    await this.#arrivals.close();
    if (!this.#open) return;
    this.#open = false;
    this.#readers.close();
    await this.#owned.close();
    leaveFolder(this.place);
  }

  #locate(runId: string): number | undefined {
    return this.#located(runId)?.[1] ?? this.#noSuchRun(runId);
  }

  /** The run and the number of its journal. Those of this process are asked first: that takes no look at the folder. */
  #located(runId: string): readonly [StoredRun, number] | undefined {
    this.#expectOpen();
    for (const journal of this.#owned.all()) {
      const run = journal.run(runId);
      if (run !== undefined) return [run, journal.number];
    }
    for (const [number, reader] of this.#journals()) {
      const run = reader.run(runId);
      if (run !== undefined) return [run, number];
    }
    return undefined;
  }

  /** Before it is said that a run does not exist, every run is looked at: a damaged index may hide it. */
  #noSuchRun(runId: string): undefined {
    for (const [, reader] of this.#journals()) reader.expectMissing(runId);
    return undefined;
  }

  #first<Value>(read: (reader: JournalReader) => Value | undefined): Value | undefined {
    for (const [, reader] of this.#journals()) {
      const found = read(reader);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #collect<Value>(read: (reader: JournalReader) => readonly Value[]): Value[] {
    const found: Value[] = [];
    for (const [, reader] of this.#journals()) found.push(...read(reader));
    return found;
  }

  *#journals(): Iterable<readonly [number, JournalReader]> {
    this.#expectOpen();
    this.#known = journalNumbers(this.#folder, "db");
    for (const number of this.#known) {
      const reader = this.#readerOf(number);
      if (reader !== undefined) yield [number, reader];
    }
  }

  #readerOf(number: number): JournalReader | undefined {
    this.#expectOpen();
    return this.#owned.get(number)?.reader ?? this.#readers.get(number);
  }

  #expectOpen(): void {
    if (!this.#open)
      throw nanobrainError("E_INTERNAL", { what: `the store ${this.place} is used after it was closed` });
  }
}

function present<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

function newest(entries: readonly CacheEntry[]): CacheEntry | undefined {
  return entries.reduce<CacheEntry | undefined>(
    (best, entry) => (best !== undefined && best.at >= entry.at ? best : entry),
    undefined,
  );
}

/** Drivers in use in this process, by folder. Two SQLite libraries on one file would drop each other's locks (POSIX). */
const driversInUse = new Map<string, { readonly name: DriverName; stores: number }>();

function enterFolder(root: string, name: DriverName): void {
  const use = driversInUse.get(root) ?? { name, stores: 0 };
  if (use.name !== name) {
    throw nanobrainError("E_STORE_LOCKED", {
      file: root,
      what: `this process has it open with another driver (${use.name})`,
    });
  }
  use.stores += 1;
  driversInUse.set(root, use);
}

function leaveFolder(root: string): void {
  const use = driversInUse.get(root);
  if (use === undefined) return;
  use.stores -= 1;
  if (use.stores === 0) driversInUse.delete(root);
}

/** Opens the store in `folder` (made with the first run). `driver` overrules the choice described at `loadDriver`. */
export async function openSqliteStore(options: {
  readonly folder: string;
  readonly driver?: DriverName;
}): Promise<Store> {
  return openSqliteStoreOver(await loadDriver(options.driver), options.folder);
}

/** The same over any driver: for tests that put faults into one. */
export function openSqliteStoreOver(driver: SqliteDriver, folder: string): Store {
  const root = realPath(resolve(folder));
  enterFolder(root, driver.name);
  return new SqliteStore(driver, root);
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
