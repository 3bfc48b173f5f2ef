import type { RunEvent, Unstamped } from "../kernel/event.js";
import type { RunTree } from "../kernel/state.js";
import type { RunSettings } from "../values/parts.js";
import { resultAtOnce } from "./attempts.js";
import type { HostParts } from "./parts.js";

/** Results in one transaction: others than this run want their turn, and who watches wants to see it go on. */
const mostInTurn = 512;
/** After so many attempts in a row for which the cache had nothing, few are looked up ahead. */
const manyMisses = 16;

/**
 * Results that the cache has at once are taken in the very turn in which their attempts begin: both are journaled together,
 * and nothing is carried out for them. All other attempts look for themselves.
 */
export class CachedResults {
  readonly #parts: HostParts;
  readonly #settings: RunSettings;
  readonly #tree: RunTree;
  readonly #taken = new Set<number>();
  #inTurn = 0;
  #misses = 0;

  constructor(parts: HostParts, settings: RunSettings, tree: RunTree) {
    this.#parts = parts;
    this.#settings = settings;
    this.#tree = tree;
  }

  /** The end of an attempt that has just begun; undefined: it has to run, or to look for itself. */
  take(event: RunEvent): Unstamped | undefined {
    if (event.type !== "attempt.started" || !this.#settings.cache) return undefined;
    if (this.#misses > manyMisses && event.seq % manyMisses !== 0) return undefined;
    const { run, node, n, c, seq, fallback, attempt } = event;
    const found = this.#look({ run, node, n, c, id: seq, fallback, attempt });
    this.#misses = found === undefined ? this.#misses + 1 : 0;
    if (found === undefined) return undefined;
    this.#taken.add(seq);
    this.#inTurn += 1;
    return found;
  }

  #look(started: Parameters<typeof resultAtOnce>[3]): Unstamped | undefined {
    try {
      return resultAtOnce(this.#parts, this.#settings, this.#tree, started);
    } catch {
      // The attempt meets the same, and tells of it.
      return undefined;
    }
  }

  /** Whether nothing is to be carried out for an event, as what it begins has ended. */
  has(event: RunEvent): boolean {
    return this.#taken.size > 0 && this.#taken.has(event.seq);
  }

  get isFull(): boolean {
    return this.#inTurn >= mostInTurn;
  }

  /** After what the turn has decided was carried out. True: there may be more to take. */
  endTurn(): boolean {
    const { isFull } = this;
    this.#inTurn = 0;
    this.#taken.clear();
    return isFull;
  }
}
