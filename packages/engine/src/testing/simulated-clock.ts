import type { Clock } from "../contracts/clock.js";
import { durationMs } from "../document/quantities.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { type SeededRandom, seededRandom } from "./seeded-random.js";

type Wake = { readonly at: number; readonly order: number; readonly callback: () => void };

/** How far `runUntilIdle` goes where something is always due again. */
const longestMs = 365 * 86_400_000;

/**
 * Time that stands still until it is told to move, and chance by seed. Nothing is called back but when time is moved, in order
 * of time, at equal times in order of asking. A runtime that `createTestRuntime` made is given the time it needs in between: at
 * each moment all that follows from it happens before time moves on.
 */
export class SimulatedClock implements Clock {
  readonly #random: SeededRandom;
  readonly #wakes: Wake[] = [];
  #now: number;
  #elapsed = 0;
  #asked = 0;
  readonly #settling = new Set<() => Promise<void>>();

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

  /** From now on `settle` is awaited before time moves and after each callback: it resolves when only time helps on. */
  attach(settle: () => Promise<void>): () => void {
    this.#settling.add(settle);
    return () => this.#settling.delete(settle);
  }

  async #settle(): Promise<void> {
    for (const settle of this.#settling) await settle();
  }

  /** Moves on to `atMs` (epoch ms) and calls back all that is due by then, also what is asked for meanwhile. */
  async advanceTo(atMs: number): Promise<void> {
    await this.#settle();
    for (let next = this.next; next !== undefined && next <= atMs; next = this.next) {
      this.step();
      await this.#settle();
    }
    this.#elapsed += Math.max(0, atMs - this.#now);
    this.#now = Math.max(this.#now, atMs);
  }

  /** Moves on by milliseconds, or by a text such as `90s`, `5m`, `2h`, `1h30m`. Fails with E_USAGE for another text. */
  async advance(duration: number | string): Promise<void> {
    await this.advanceTo(this.#now + msOf(duration));
  }

  /**
   * Moves from one moment at which something is due to the next, until nothing is due. False: within a year (or `within`)
   * there was no end, as with a timer that fires again and again.
   */
  async runUntilIdle(options: { readonly within?: number | string } = {}): Promise<boolean> {
    const end = this.#now + msOf(options.within ?? longestMs);
    await this.#settle();
    for (let next = this.next; next !== undefined; next = this.next) {
      if (next > end) return false;
      this.step();
      await this.#settle();
    }
    return true;
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

function msOf(duration: number | string): number {
  const ms = typeof duration === "number" ? duration : durationMs(duration);
  if (ms !== undefined && ms >= 0) return ms;
  throw nanobrainError("E_USAGE", {
    problem: `${duration} is no duration: milliseconds, or text like 90s, 5m, 2h, are expected`,
  });
}
