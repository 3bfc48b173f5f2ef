import type { Clock } from "../contracts/clock.js";
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

/**
 * Group commit: batches of all runs that arrive in one turn of the event loop share one transaction. A run has one batch
 * under way at most, so the order of its events is the order of its commits. A full disk stops all runs without loss: the
 * very same group is tried again until there is room, as a failed commit may be there after all.
 */
export class Commits {
  readonly #parts: CommitParts;
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Resolves when the batch is on disk; rejects when it is not. */
  add(batch: StoreBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, settle: (error) => (error === undefined ? resolve() : reject(error as Error)) });
      this.#schedule();
    });
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

  async #commit(batches: readonly StoreBatch[]): Promise<void> {
    for (;;) {
      try {
        return await this.#parts.store.commit(batches);
      } catch (error) {
        if (!(error instanceof NanobrainError && error.code === "E_STORE_FULL")) throw error;
        this.#parts.complain(error);
        const { clock } = this.#parts;
        await new Promise<void>((resolve) => clock.wake(clock.now() + FULL_DISK_WAIT_MS, resolve));
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

function isRefused(error: unknown): boolean {
  return error instanceof NanobrainError && error.code === "E_INTERNAL";
}
