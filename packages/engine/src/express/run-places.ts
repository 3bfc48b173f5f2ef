import type { Places } from "./outside.js";

/** A run that others wait for has its places for so long; then it goes to the end of their line. */
const OWN_MS = 100;

/**
 * The places of one run, which are taken by twos, fours, eights. P1. A run that finds none stands in line until it has one, wants none, or
 * is over. P2. While others wait, places that are free for longer than their time are given back before anything else starts on them.
 */
export class RunPlaces {
  readonly #places: Places;
  #count = 0;
  /** More were refused in this turn. */
  #isFull = false;
  #isInLine = false;
  /** On the steady clock. */
  #ownUntilMs = 0;

  constructor(places: Places) {
    this.#places = places;
  }

  /** It may find more from now on. */
  lookAgain(): void {
    this.#isFull = false;
  }

  /** One is free for another attempt beside the `running` ones; it is taken if need be. */
  hasRoom(running: number, nowMs: number): boolean {
    if (running < this.#count) return true;
    if (this.#isFull) return false;
    if (this.#count === 0) this.#ownUntilMs = nowMs + OWN_MS;
    if (this.#count > 1 && !this.#isInLine && this.#places.take(this.#count)) this.#count *= 2;
    else {
      this.#isInLine = !this.#places.takeInTurn();
      if (!this.#isInLine) this.#count++;
    }
    this.#isFull = running >= this.#count;
    return !this.#isFull;
  }

  /** An attempt has ended, and `running` go on. */
  ended(running: number, nowMs: number): void {
    if (nowMs > this.#ownUntilMs && this.#places.isAwaited()) this.#give(this.#count - running);
  }

  /** Of many that are free, few are kept. */
  giveSpare(running: number): void {
    if (this.#count > 2 * running + 1) this.#give(this.#count - running - 1);
  }

  /** Nothing waits for a place. */
  leaveLine(): void {
    if (!this.#isInLine) return;
    this.#isInLine = false;
    this.#places.leave();
  }

  giveAll(): void {
    this.leaveLine();
    this.#give(this.#count);
  }

  #give(count: number): void {
    if (count === 0) return;
    this.#count -= count;
    this.#isFull = false;
    this.#places.give(count);
  }
}
