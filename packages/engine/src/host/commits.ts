import type { Store, StoreBatch } from "../contracts/store.js";

type Waiting = { readonly batch: StoreBatch; readonly settle: (error?: unknown) => void };

/**
 * Group commit: batches of all runs that arrive in one turn of the event loop share one transaction. A run has one batch
 * under way at most, so the order of its events is the order of its commits.
 */
export class Commits {
  readonly #store: Store;
  readonly #defer: (callback: () => void) => void;
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(store: Store, defer: (callback: () => void) => void) {
    this.#store = store;
    this.#defer = defer;
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
    this.#defer(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      await this.#store.commit(waiting.map((entry) => entry.batch));
      for (const entry of waiting) entry.settle();
    } catch (error) {
      if (waiting.length === 1) waiting[0]?.settle(error);
      else await this.#oneByOne(waiting);
    } finally {
      this.#scheduled = false;
      if (this.#waiting.length > 0) this.#schedule();
    }
  }

  /** A batch that cannot be written must not take the others with it. */
  async #oneByOne(waiting: readonly Waiting[]): Promise<void> {
    for (const entry of waiting) {
      try {
        await this.#store.commit([entry.batch]);
        entry.settle();
      } catch (error) {
        entry.settle(error);
      }
    }
  }
}
