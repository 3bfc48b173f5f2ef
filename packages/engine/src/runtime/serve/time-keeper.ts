import type { PlanTrigger } from "../../plan/plan.js";
import type { ServeParts } from "./served.js";
import type { TriggeredStarts } from "./triggered-starts.js";

type Timer = NonNullable<PlanTrigger["timer"]>;

/** What the runs of earlier processes say of a trigger. */
export type Past = { readonly lastDue: number | undefined; readonly count: number };

/** Moments of a timer that are made up for at most, after a long time without anybody looking. */
const MAX_MISSED = 1000;

/**
 * Fires at each due time of a timer; what was due while nobody looked is made up for by its misfire policy. A run's due time is its
 * firing's key, so none is fired twice.
 */
export class TimeKeeper {
  readonly #parts: ServeParts;
  readonly #line: TriggeredStarts;
  readonly #timer: Timer;
  #left: number;
  /** The latest due time that was seen: intervals are counted from it. */
  #last: number;
  #stop: (() => void) | undefined;
  #closed = false;

  constructor(parts: ServeParts, line: TriggeredStarts, timer: Timer, past: Past | undefined) {
    this.#parts = parts;
    this.#line = line;
    this.#timer = timer;
    this.#left = (timer.count ?? Number.POSITIVE_INFINITY) - (past?.count ?? 0);
    this.#last = past?.lastDue ?? parts.clock.now();
  }

  async begin(): Promise<void> {
    await this.#fire(this.#madeUp(this.#last));
    this.#arm();
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  async #fire(moments: readonly number[]): Promise<void> {
    for (const due of moments) {
      this.#last = Math.max(this.#last, due);
      if (this.#left <= 0 || this.#closed) return;
      this.#left--;
      await this.#line.fire({ key: `${due}`, due });
    }
  }

  #arm(): void {
    const { clock, schedule } = this.#parts;
    const due = this.#left <= 0 ? null : schedule.nextDue(this.#timer, clock.now(), this.#last);
    this.#line.nextDue = due;
    if (due === null || this.#closed) return;
    this.#stop = clock.wake(due, () => {
      const late = this.#madeUp(due);
      const once = this.#timer.misfire !== "all" && late.length > 0;
      void this.#fire(once ? late : [due, ...late]).then(() => this.#arm());
    });
  }

  /** The moments after `from` and up to now that are to be made up for, oldest first. */
  #madeUp(from: number): readonly number[] {
    const { misfire } = this.#timer;
    const { clock, schedule } = this.#parts;
    const now = clock.now();
    const missed: number[] = [];
    let due = misfire === "skip" ? null : schedule.nextDue(this.#timer, from, from);
    while (due !== null && due <= now && missed.length < MAX_MISSED) {
      missed.push(due);
      due = schedule.nextDue(this.#timer, due, from);
    }
    return misfire === "all" ? missed : missed.slice(-1);
  }
}
