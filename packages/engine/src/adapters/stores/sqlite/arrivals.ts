import { setTimeout as delay } from "node:timers/promises";
import type { RunRecord } from "../../../contracts/store.js";
import { NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import type { NewRun } from "./change.js";
import type { SqliteDriver } from "./driver.js";
import { FileLock } from "./file-lock.js";
import type { Journal } from "./journal.js";
import { makeFile } from "./store-folder.js";

type Arrival = { readonly batch: NewRun; readonly settle: (error?: unknown) => void };

export type ArrivalParts = {
  readonly driver: SqliteDriver;
  /** The file of the lock. */
  readonly lock: string;
  /** The journal that new runs go to. */
  primary(): Journal | Promise<Journal>;
  /** Runs of any journal that have one of the ids, or one of the names. */
  named(ids: readonly string[], names: readonly string[]): readonly RunRecord[];
};

/** How long creating runs waits for other processes that create runs. */
const patienceMs = 10_000;

/**
 * New runs. Those that come in one pass of the event loop are created together: one lock, one look at the names that are
 * taken, one transaction. One process at a time creates runs, so that ids and names are unique over all journals.
 */
export class Arrivals {
  readonly #parts: ArrivalParts;
  #lock: FileLock | undefined;
  #waiting: Arrival[] = [];
  #flushing: Promise<void> | undefined;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  /** Resolves when the run is on disk. Rejects with E_RUN_EXISTS when its id or its name is taken. */
  add(batch: NewRun): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, settle: (error) => (error === undefined ? resolve() : reject(error as Error)) });
      this.#flushing ??= this.#flushAll();
    });
  }

  async #flushAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#flush(group);
      } catch (error) {
        for (const { settle } of group) settle(error);
      }
    }
    this.#flushing = undefined;
  }

  async #flush(group: readonly Arrival[]): Promise<void> {
    const primary = await this.#parts.primary();
    const lock = await this.#take();
    try {
      this.#create(primary, this.#welcome(group));
    } finally {
      lock.release();
    }
  }

  async #take(): Promise<FileLock> {
    const { driver, lock: file } = this.#parts;
    if (this.#lock === undefined) {
      makeFile(file);
      this.#lock = new FileLock(driver, file);
    }
    const until = performance.now() + patienceMs;
    while (!this.#lock.tryTake()) {
      if (performance.now() > until)
        throw nanobrainError("E_STORE_LOCKED", { file, what: "another process keeps it locked" });
      await delay(1 + Math.random() * 10);
    }
    return this.#lock;
  }

  /** Those whose id and name are free; the others are told. */
  #welcome(group: readonly Arrival[]): readonly Arrival[] {
    const records = group.map(({ batch }) => batch.record);
    const found = this.#parts.named(
      records.map(({ id }) => id),
      records.map(({ name }) => name),
    );
    const ids = new Set(found.map(({ id }) => id));
    const names = new Set(found.map(({ name }) => name));
    return group.filter(({ batch, settle }) => {
      const { id, name } = batch.record;
      const isTaken = ids.has(id) || names.has(name);
      if (isTaken) settle(nanobrainError("E_RUN_EXISTS", { run: ids.has(id) ? id : name }));
      ids.add(id);
      names.add(name);
      return !isTaken;
    });
  }

  #create(primary: Journal, group: readonly Arrival[]): void {
    try {
      if (group.length > 0) primary.create(group.map(({ batch }) => batch));
      for (const { settle } of group) settle();
    } catch (error) {
      // What is refused before anything is written must not take the others with it.
      if (group.length > 1 && error instanceof NanobrainError && error.code === "E_INTERNAL") {
        for (const one of group) this.#create(primary, [one]);
      } else for (const { settle } of group) settle(error);
    }
  }

  async close(): Promise<void> {
    await this.#flushing;
    this.#lock?.close();
  }
}
