import { type Clock, callAfter } from "../contracts/clock.js";
import type { Store, StoreBatch } from "../contracts/store.js";
import { NanobrainError } from "../errors/nanobrain-error.js";

type Waiting = { readonly batch: StoreBatch; readonly settle: (error?: unknown) => void };

export type CommitParts = {
  readonly store: Store;
  readonly clock: Clock;
  /** Calls back after what is under way in this pass of the event loop. */
  defer(callback: () => void): void;
  /** Something the operator should know that no run's journal can hold now. */
  complain(error: NanobrainError): void;
};

const FULL_DISK_WAIT_MS = 1000;

/** Commits in place in one pass of the event loop: others than runs, such as timers and signals, want their turn. */
const MOST_IN_PLACE = { prompt: 64, durable: 8 };

/**
 * Group commit: batches of all runs that arrive in one turn of the event loop share one transaction. The batch of a run that
 * goes on alone is committed in place. A run has one batch under way at most, so the order of its events is the order of its
 * commits. A full disk stops all runs without loss: the very same group is tried again until there is room, as a failed
 * commit may be there after all.
 */
export class Commits {
  readonly #parts: CommitParts;
  #waiting: Waiting[] = [];
  /** A group is gathered or written. */
  #scheduled = false;
  /** The run whose batch came last. */
  #last = "";
  #inPlace = 0;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Returns or resolves when the batch is on disk; throws or rejects when it is not. */
  add(batch: StoreBatch): void | Promise<void> {
    const isAlone = this.#last === batch.runId;
    this.#last = batch.runId;
    if (isAlone && !this.#scheduled && this.#mayGoOn()) return this.#commitInPlace(batch);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, settle: (error) => (error === undefined ? resolve() : reject(error as Error)) });
      this.#schedule();
    });
  }

  /** The next batch waits for its turn of the event loop, whosever it is: somebody wants to listen first. */
  deferNext(): void {
    this.#last = "";
  }

  #mayGoOn(): boolean {
    if (this.#inPlace >= (this.#parts.store.isPrompt === true ? MOST_IN_PLACE.prompt : MOST_IN_PLACE.durable))
      return false;
    if (this.#inPlace === 0) this.#parts.defer(() => (this.#inPlace = 0));
    this.#inPlace += 1;
    return true;
  }

  #commitInPlace(batch: StoreBatch): void | Promise<void> {
    try {
      const written = this.#parts.store.commit([batch]);
      return written === undefined ? undefined : this.#whileGathering(this.#commit([batch], written));
    } catch (error) {
      if (!isFull(error)) throw error;
      return this.#whileGathering(this.#commit([batch], Promise.reject(error)));
    }
  }

  /** What comes meanwhile waits for the group after it. */
  async #whileGathering(written: Promise<void>): Promise<void> {
    this.#scheduled = true;
    try {
      await written;
    } finally {
      this.#scheduled = false;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.defer(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      await this.#commit(group.map((entry) => entry.batch));
      for (const entry of group) entry.settle();
    } catch (error) {
      if (group.length > 1 && isRefused(error)) await this.#oneByOne(group);
      else for (const entry of group) entry.settle(error);
    } finally {
      this.#scheduled = false;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  /** `first`: the answer of the store, where it has been asked. */
  async #commit(batches: readonly StoreBatch[], first?: Promise<void>): Promise<void> {
    const { store, clock, complain } = this.#parts;
    let asked = first;
    for (;;) {
      try {
        await (asked ?? store.commit(batches));
        return;
      } catch (error) {
        if (!isFull(error)) throw error;
        complain(error);
        await new Promise<void>((resolve) => callAfter(clock, FULL_DISK_WAIT_MS, resolve));
        asked = undefined;
      }
    }
  }

  /** A batch that the store refuses, before it writes anything, must not take the others with it. */
  async #oneByOne(group: readonly Waiting[]): Promise<void> {
    for (const entry of group) {
      try {
        await this.#commit([entry.batch]);
        entry.settle();
      } catch (error) {
        entry.settle(error);
      }
    }
  }
}

/** Nothing was written. */
export function isRefused(error: unknown): boolean {
  return error instanceof NanobrainError && error.code === "E_INTERNAL";
}

export function isFull(error: unknown): error is NanobrainError {
  return error instanceof NanobrainError && error.code === "E_STORE_FULL";
}
