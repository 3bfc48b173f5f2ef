/** What a timer is due by: an interval, or a cron line (five fields, or six with seconds in front) in a time zone. */
export type TimerRule = {
  readonly intervalMs?: number;
  readonly cron?: string;
  /** A name such as `Europe/Berlin`; matters for cron lines only. */
  readonly timezone: string;
};

/** Reckons due times; reads no clock. All times are epoch ms. */
export interface Schedule {
  /**
   * The first due time after `afterMs`; null: never again. Intervals are counted from `anchorMs` (default: `afterMs`), the
   * start or any earlier due time, so that they do not drift however late a firing was.
   */
  nextDue(timer: TimerRule, afterMs: number, anchorMs?: number): number | null;
  /** How many due times lie after `fromMs` (the start or a due time) and not after `toMs`; `limit` at most. */
  missedBetween(timer: TimerRule, fromMs: number, toMs: number, limit: number): number;
}
