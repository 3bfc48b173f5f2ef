import { type Clock, callAfter } from "../../contracts/clock.js";
import type { Store, StoreBatch } from "../../contracts/store.js";
import type { NanobrainError } from "../../errors/nanobrain-error.js";
import { isFull, isRefused } from "../../host/commits.js";

/** A run that waits for what it journaled to be on disk. */
export type Keeper = {
  /** All that is not on disk yet. */
  batch(): StoreBatch;
  /** The last batch is there. */
  kept(): void;
  /** It is not, and nothing more will be. */
  lost(error: unknown): void;
};

export type CommitsParts = {
  readonly store: Store;
  readonly clock: Clock;
  /** Calls back after what is under way in this pass of the event loop. */
  defer(callback: () => void): void;
  complain(error: NanobrainError): void;
};

const FULL_DISK_WAIT_MS = 1000;
/** Runs go on after a commit for so long before everything else has its turn. */
const RELEASE_MS = 4;
/** The clock is read after so many of them. */
const RELEASED_AT_ONCE = 16;

/**
 * Commits of runs on the express way: what all of them have journaled in one pass of the event loop is one transaction, and a run that goes on
 * alone commits in place. C1. A run hears of a batch after it is on disk. C2. A full disk stops all runs without loss: the very same
 * group is tried again until there is room. C3. What the store refuses of one run takes no other with it.
 */
export class ExpressCommits {
  readonly #it: CommitsParts;
  #waiting: Keeper[] = [];
  /** A group is gathered, written, or goes on. */
  #isBusy = false;
  #last: Keeper | undefined;

  constructor(it: CommitsParts) {
    this.#it = it;
  }

  /** True: it is on disk. False: the run will hear. A run asks once before it hears. */
  save(keeper: Keeper, isAlone: boolean): boolean {
    const mayBeNow = isAlone && !this.#isBusy && this.#last === keeper;
    this.#last = keeper;
    if (mayBeNow) return this.#commitInPlace(keeper);
    this.#waiting.push(keeper);
    this.#gather();
    return false;
  }

  #gather(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    this.#isBusy = true;
    this.#it.defer(() => this.#flush());
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const batches = group.map((keeper) => keeper.batch());
    if (this.#commit(group, batches)) this.#release(group, 0);
  }

  #commitInPlace(keeper: Keeper): boolean {
    const batch = keeper.batch();
    try {
      this.#write([batch]);
      return true;
    } catch (error) {
      this.#isBusy = true;
      if (!this.#retried([keeper], [batch], error)) {
        keeper.lost(error);
        this.#free();
      }
      return false;
    }
  }

  #write(batches: readonly StoreBatch[]): void {
    // A store that takes text answers at once.
    void this.#it.store.commit(batches);
  }

  /** False: they hear later, or have heard that they are lost. */
  #commit(group: readonly Keeper[], batches: readonly StoreBatch[]): boolean {
    try {
      this.#write(batches);
      return true;
    } catch (error) {
      if (this.#retried(group, batches, error)) return false;
      if (group.length > 1 && isRefused(error)) this.#oneByOne(group, batches);
      else for (const keeper of group) keeper.lost(error);
      this.#free();
      return false;
    }
  }

  #retried(group: readonly Keeper[], batches: readonly StoreBatch[], error: unknown): boolean {
    if (!isFull(error)) return false;
    this.#it.complain(error);
    callAfter(this.#it.clock, FULL_DISK_WAIT_MS, () => {
      if (this.#commit(group, batches)) this.#release(group, 0);
    });
    return true;
  }

  #oneByOne(group: readonly Keeper[], batches: readonly StoreBatch[]): void {
    for (const [at, keeper] of group.entries()) {
      try {
        this.#write(batches.slice(at, at + 1));
        keeper.kept();
      } catch (error) {
        keeper.lost(error);
      }
    }
  }

  /** What they journal when they go on waits for the next group. */
  #release(group: readonly Keeper[], from: number): void {
    const { clock, defer } = this.#it;
    const untilMs = clock.monotonic() + RELEASE_MS;
    for (let at = from; at < group.length; at++) {
      if (at > from && at % RELEASED_AT_ONCE === 0 && clock.monotonic() > untilMs)
        return defer(() => this.#release(group, at));
      group[at]?.kept();
    }
    this.#free();
  }

  #free(): void {
    this.#isBusy = false;
    this.#gather();
  }
}
