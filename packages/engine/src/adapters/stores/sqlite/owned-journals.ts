import { setTimeout as delay } from "node:timers/promises";
import type { Holder } from "../../../contracts/store.js";
import type { SqliteDriver } from "./driver.js";
import { FileLock } from "./file-lock.js";
import { Journal } from "./journal.js";
import type { JournalReaders } from "./journal-readers.js";
import { isAlive, journalNumbers, makeFile, makeStoreFolder, readOwner, type StoreFolder } from "./store-folder.js";

/** How long a lock may look taken while no living process says that it has it. */
const patienceMs = 300;
/** Up to so many journals may wait with unfinished runs in them before a new process moves in with one. */
const manyJournals = 32;

const nobody: Holder = { pid: 0, host: "unknown", startedAt: 0, epoch: 0 };

/**
 * The journals this process writes. It takes one when it creates its first run: the lowest free one in which all runs have
 * ended, so that taking over a dead process's runs stays open to everyone; else a new one. Others are taken over whole, by claim.
 */
export class OwnedJournals {
  readonly #driver: SqliteDriver;
  readonly #folder: StoreFolder;
  readonly #readers: JournalReaders;
  readonly #journals = new Map<number, Journal>();
  /** Runs for whose sake a journal was taken over; a journal that new runs go to is kept whatever is released. */
  readonly #claims = new Map<number, Set<string>>();
  readonly #kept = new Set<number>();
  /** Claims of this process one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(driver: SqliteDriver, folder: StoreFolder, readers: JournalReaders) {
    this.#driver = driver;
    this.#folder = folder;
    this.#readers = readers;
  }

  get(number: number): Journal | undefined {
    return this.#journals.get(number);
  }

  all(): Iterable<Journal> {
    return this.#journals.values();
  }

  /** Where new runs go; undefined: `takePrimary` first. */
  get primary(): Journal | undefined {
    const [first] = this.#kept;
    return first === undefined ? undefined : this.#journals.get(first);
  }

  takePrimary(): Promise<Journal> {
    return this.#inTurn(async () => {
      const [owned] = this.#journals.values();
      const journal = this.primary ?? owned ?? (await this.#findPrimary());
      this.#kept.add(journal.number);
      return journal;
    });
  }

  /** The journal, ours from now on, or who has it. */
  takeOver(number: number, runId: string): Promise<Journal | Holder> {
    return this.#inTurn(async () => {
      const known = this.#journals.get(number);
      const taken = known ?? (await this.#take(number));
      if (!(taken instanceof Journal)) return taken;
      if (known === undefined) taken.fence();
      const claims = this.#claims.get(number) ?? new Set();
      this.#claims.set(number, claims.add(runId));
      return taken;
    });
  }

  /** Lets go of a journal that was taken over for this run's sake, unless it serves others too. */
  release(number: number, runId: string): Promise<void> {
    return this.#inTurn(async () => {
      const claims = this.#claims.get(number);
      claims?.delete(runId);
      if (this.#kept.has(number) || claims === undefined || claims.size > 0) return;
      this.#claims.delete(number);
      this.#journals.get(number)?.close();
      this.#journals.delete(number);
    });
  }

  async #findPrimary(): Promise<Journal> {
    makeStoreFolder(this.#folder);
    const numbers = journalNumbers(this.#folder, "lock");
    for (const number of numbers) {
      const journal = this.#isAbandoned(number, numbers.length) ? undefined : await this.#take(number);
      if (!(journal instanceof Journal)) continue;
      if (journal.unfinished === 0 || numbers.length >= manyJournals) return journal;
      this.#journals.delete(number);
      journal.close();
    }
    for (let number = (numbers.at(-1) ?? 0) + 1; ; number += 1) {
      const journal = await this.#take(number);
      if (journal instanceof Journal) return journal;
    }
  }

  /** Whether a free journal is better left to whoever resumes the runs in it. */
  #isAbandoned(number: number, count: number): boolean {
    if (count >= manyJournals || !journalNumbers(this.#folder, "db").includes(number)) return false;
    return (this.#readers.get(number)?.meta().unfinished ?? 0) > 0;
  }

  async #take(number: number): Promise<Journal | Holder> {
    makeFile(this.#folder.lock(number));
    const lock = new FileLock(this.#driver, this.#folder.lock(number));
    const until = performance.now() + patienceMs;
    while (!lock.tryTake()) {
      const owner = readOwner(this.#folder, number);
      if ((owner !== undefined && isAlive(owner)) || performance.now() > until) {
        lock.close();
        return owner ?? nobody;
      }
      await delay(1 + Math.random() * 10);
    }
    this.#readers.drop(number);
    const journal = new Journal(this.#driver, this.#folder, number, lock);
    this.#journals.set(number, journal);
    return journal;
  }

  #inTurn<Value>(action: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Waits for claims under way, then lets go of everything. */
  async close(): Promise<void> {
    await this.#turn;
    for (const journal of this.#journals.values()) journal.close();
    this.#journals.clear();
    this.#claims.clear();
    this.#kept.clear();
  }
}
