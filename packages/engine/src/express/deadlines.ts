import { type Clock, callAfter } from "../contracts/clock.js";
import type { ExpressPlan } from "./express-plan.js";
import type { Flight } from "./scratch.js";

/**
 * The time that attempts may take, with one timer for a run: it is set for the end that comes first, and most attempts end long before.
 * All times are of the steady clock.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** The first end of those that are under way, looked for when it may have come. Infinity: none has one. */
  readonly #next: () => number;
  readonly #late: () => void;
  #atMs = Number.POSITIVE_INFINITY;
  #off: (() => void) | undefined;

  constructor(clock: Clock, next: () => number, late: () => void) {
    this.#clock = clock;
    this.#next = next;
    this.#late = late;
  }

  /** An attempt is to end before. */
  expect(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#off?.();
    this.#atMs = atMs;
    this.#off = callAfter(this.#clock, Math.ceil(atMs - this.#clock.monotonic()), () => this.#look());
  }

  #look(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
    const next = this.#next();
    if (next === Number.POSITIVE_INFINITY) return;
    if (next > this.#clock.monotonic()) this.expect(next);
    else this.#late();
  }

  stop(): void {
    this.#off?.();
    this.#atMs = Number.NEGATIVE_INFINITY;
  }
}

/** When the time of an attempt is over whose code has not ended. */
export function endOf({ kinds, kindOf }: ExpressPlan, { node, beganMs, made }: Flight): number {
  return made === undefined ? beganMs + (kinds[kindOf[node] ?? 0]?.timeoutMs ?? 0) : Number.POSITIVE_INFINITY;
}

export function nextEnd(plan: ExpressPlan, flights: readonly Flight[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const flight of flights) if (flight.node >= 0) least = Math.min(least, endOf(plan, flight));
  return least;
}
