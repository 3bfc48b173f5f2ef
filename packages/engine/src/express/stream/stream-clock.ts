import type { ExpressOutside } from "../outside.js";

/** Milliseconds until others have their turn. */
const TURN_MS = 4;
/** The clock is read for each of so many emits that follow each other fast. */
const EMITS_A_READ = 8;
/** So far apart they do not. */
const SLOW_MS = 0.25;

/** The time of a run, read as seldom as can be: after code of others has run, and for emits that come fast only now and then. */
export class StreamClock {
  nowMs = Number.NaN;
  readonly #out: Pick<ExpressOutside, "clock" | "turn" | "stall">;
  /** What to add to the steady clock for the wall clock's time. */
  #epoch = Number.NaN;
  /** No code of anybody's has run since the clock was read. */
  #isFresh = false;
  #emits = 0;
  #emittedMs = Number.NaN;
  #isSlow = true;

  constructor(out: Pick<ExpressOutside, "clock" | "turn" | "stall">) {
    this.#out = out;
  }

  /** Others have had their turn. */
  set(): void {
    const { clock, turn } = this.#out;
    this.nowMs = clock.monotonic();
    this.#epoch = clock.now() - this.nowMs;
    this.#isFresh = true;
    if (turn.endsAtMs < this.nowMs) this.beginTurn();
  }

  beginTurn(): void {
    this.#out.turn.endsAtMs = this.nowMs + TURN_MS;
  }

  /** Code of others runs now. */
  age(): void {
    this.#isFresh = false;
  }

  read(): number {
    if (!this.#isFresh) this.nowMs = this.#out.clock.monotonic();
    this.#isFresh = true;
    return this.nowMs;
  }

  /** The time, before code of others runs. */
  leave(): number {
    const now = this.read();
    this.#isFresh = false;
    return now;
  }

  readForEmit(): void {
    if (!this.#isSlow && ++this.#emits % EMITS_A_READ !== 0) return;
    this.nowMs = this.#out.clock.monotonic();
    this.#isSlow = !(this.nowMs - this.#emittedMs <= SLOW_MS);
    this.#emittedMs = this.nowMs;
  }

  get isTurnOver(): boolean {
    if (this.nowMs >= this.#out.stall.lateFromMs) this.#out.stall.look();
    return this.nowMs > this.#out.turn.endsAtMs;
  }

  /** Epoch ms. */
  get at(): number {
    return Math.floor(this.#epoch + this.nowMs + 0.001);
  }
}
