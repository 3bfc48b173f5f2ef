import type { Admission, Needs } from "../../admit/admission.js";
import type { Clock } from "../../contracts/clock.js";
import type { Places } from "../../express/outside.js";

export type PlaceLineParts = {
  readonly admission: Admission;
  readonly clock: Clock;
  /** A place is free for a run on the express way. False: it is none, or wants none. */
  placed(runId: string): boolean;
  /** The same for a run that has a driver. */
  offer(runId: string): void;
};

/** Runs are given places for so long before everything else has its turn. */
const SERVE_MS = 4;
/** The clock is read after so many of them. */
const SERVED_AT_ONCE = 16;

const needs: Needs[] = [];

/** The same object for the same number. */
function needsOf(count: number): Needs {
  needs[count] ??= { "lanes:local": count };
  return needs[count];
}

/**
 * The line in which runs stand for places on this event loop: those without a driver beside those that have one. L1. When a place comes
 * free, the first in line hears of it before the event loop goes on. L2. Nobody hears while another run's code or journal is at work.
 */
export class PlaceLine {
  readonly #it: PlaceLineParts;
  #isServing = false;
  readonly #serve = (): void => this.#serveAll();

  constructor(it: PlaceLineParts) {
    this.#it = it;
  }

  get admission(): Admission {
    return this.#it.admission;
  }

  /** Something came free, or somebody left. */
  freed(): void {
    if (this.#isServing || !this.#it.admission.isAwaited) return;
    this.#isServing = true;
    queueMicrotask(this.#serve);
  }

  #serveAll(): void {
    const { admission, clock, placed, offer } = this.#it;
    const untilMs = clock.monotonic() + SERVE_MS;
    for (let count = 1; ; count++) {
      const next = admission.next();
      if (next === undefined) break;
      if (count % SERVED_AT_ONCE === 0 && clock.monotonic() > untilMs) return void setImmediate(this.#serve);
      if (!placed(next)) offer(next);
      // A driver at work looks again by itself.
      if (admission.next() === next) break;
    }
    this.#isServing = false;
  }
}

/** The places of one run in the line. Attempts take the same ones as everybody's on this event loop. */
export class LinePlaces implements Places {
  readonly #line: PlaceLine;
  readonly #runId: string;

  constructor(line: PlaceLine, runId: string) {
    this.#line = line;
    this.#runId = runId;
  }

  take(count: number): boolean {
    const { admission } = this.#line;
    if (admission.ask(this.#runId, needsOf(count))) {
      admission.take(needsOf(count));
      return true;
    }
    admission.leave(this.#runId);
    return false;
  }

  takeInTurn(): boolean {
    const { admission } = this.#line;
    const isFree = admission.ask(this.#runId, needsOf(1));
    if (isFree) admission.take(needsOf(1));
    return isFree;
  }

  leave(): void {
    this.#line.admission.leave(this.#runId);
    this.#line.freed();
  }

  give(count: number): void {
    if (count === 0) return;
    this.#line.admission.give(needsOf(count));
    this.#line.freed();
  }

  isAwaited(): boolean {
    return this.#line.admission.isAwaited;
  }

  isShared(own: number): boolean {
    return this.#line.admission.state().some(({ pool, used }) => pool === "lanes:local" && used > own);
  }
}
