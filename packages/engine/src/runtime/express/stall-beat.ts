import { BEAT_MS, busyMs } from "../../adapters/executors/local/loop-watch.js";
import type { Clock } from "../../contracts/clock.js";
import { STALL_MS, type Stall } from "../../express/stall.js";

type StallParts = {
  readonly clock: Clock;
  isBusy(): boolean;
  /** The loop was held up for so long, by code that was under way. */
  stalled(forMs: number): void;
};

/**
 * A beat while code is under way: one that comes late says that the loop was held up, if it was at work meanwhile, and the process
 * neither stopped nor starved. Nothing beats while nothing runs.
 */
export class StallBeat implements Stall {
  readonly #it: StallParts;
  lateFromMs = Number.POSITIVE_INFINITY;
  #dueMs = 0;
  #busyMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(it: StallParts) {
    this.#it = it;
  }

  expect(): void {
    if (this.#timer === undefined) this.#arm();
  }

  look(): void {
    const stalledMs = this.#it.clock.monotonic() - this.#dueMs;
    if (this.#timer === undefined || stalledMs < STALL_MS) return;
    const wasAtWork = busyMs() - this.#busyMs >= stalledMs / 2;
    this.#arm();
    if (wasAtWork) this.#it.stalled(stalledMs);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#dueMs = this.#it.clock.monotonic() + BEAT_MS;
    this.lateFromMs = this.#dueMs + STALL_MS;
    this.#busyMs = busyMs();
    this.#timer = setTimeout(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  #beat(): void {
    this.look();
    if (this.#it.isBusy()) return this.#arm();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.lateFromMs = Number.POSITIVE_INFINITY;
  }
}
