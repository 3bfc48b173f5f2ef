import type { Clock } from "../contracts/clock.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";

type Wake = { readonly at: number; readonly order: number; readonly callback: () => void };

/**
 * Time that stands still until it is told to move, and chance by seed. Nothing is called back but by `advance` and `advanceTo`, in
 * order of time, at equal times in order of asking.
 */
export class SimulatedClock implements Clock {
  readonly #random: SeededRandom;
  readonly #wakes: Wake[] = [];
  #now: number;
  #elapsed = 0;
  #asked = 0;

  constructor(options: { readonly startMs?: number; readonly seed?: number | string } = {}) {
    this.#now = options.startMs ?? Date.UTC(2026, 0, 1);
    this.#random = seededRandom(options.seed ?? 1);
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  random(): number {
    return this.#random.next();
  }

  wake(atMs: number, callback: () => void): () => void {
    const wake = { at: Math.max(atMs, this.#now), order: this.#asked++, callback };
    const later = this.#wakes.findLastIndex((other) => other.at <= wake.at) + 1;
    this.#wakes.splice(later, 0, wake);
    return () => {
      const at = this.#wakes.indexOf(wake);
      if (at >= 0) this.#wakes.splice(at, 1);
    };
  }

  /** When the next callback is due; undefined: nothing is asked for. */
  get next(): number | undefined {
    return this.#wakes[0]?.at;
  }

  /** Moves to the next time something is due and calls that one callback. False: nothing is due ever. */
  step(): boolean {
    const wake = this.#wakes.shift();
    if (wake === undefined) return false;
    const at = Math.max(this.#now, wake.at);
    this.#elapsed += at - this.#now;
    this.#now = at;
    wake.callback();
    return true;
  }

  /** Moves on and calls back all that is due by then, also what is asked for meanwhile. */
  advanceTo(atMs: number): void {
    for (let next = this.next; next !== undefined && next <= atMs; next = this.next) this.step();
    this.#elapsed += Math.max(0, atMs - this.#now);
    this.#now = Math.max(this.#now, atMs);
  }

  advance(ms: number): void {
    this.advanceTo(this.#now + ms);
  }

  /** A view of this clock for one process: `drop` forgets all that was asked for through it. */
  forProcess(): { readonly clock: Clock; drop(): void } {
    const asked = new Set<() => void>();
    let alive = true;
    const clock: Clock = {
      now: () => this.now(),
      monotonic: () => this.monotonic(),
      random: () => this.random(),
      wake: (atMs, callback) => {
        if (!alive) return () => undefined;
        const stop = this.wake(atMs, () => {
          asked.delete(stop);
          callback();
        });
        asked.add(stop);
        return () => {
          asked.delete(stop);
          stop();
        };
      },
    };
    const drop = (): void => {
      alive = false;
      for (const stop of asked) stop();
    };
    return { clock, drop };
  }
}
