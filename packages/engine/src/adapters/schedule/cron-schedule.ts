import { Cron } from "croner";
import type { Schedule, TimerRule } from "../../contracts/schedule.js";
import { momentOf, wallAt } from "./wall-clock.js";

/**
 * Due times of intervals and cron lines. Where the clocks of a zone jump forward, a due time that they skip becomes the
 * moment of the jump, once; where they go back, a time that they show twice counts the first time only. Lines for every
 * hour (`*` for the hour) go by the hours that pass instead.
 */
export const cronSchedule: Schedule = {
  nextDue(timer, afterMs, anchorMs = afterMs) {
    if (timer.intervalMs !== undefined) return nextInterval(timer.intervalMs, afterMs, anchorMs);
    return timer.cron === undefined ? null : nextCron(timer.cron, timer.timezone, afterMs);
  },
  missedBetween(timer, fromMs, toMs, limit) {
    if (timer.intervalMs !== undefined)
      return Math.max(0, Math.min(limit, Math.floor((toMs - fromMs) / timer.intervalMs)));
    return countCron(timer, fromMs, toMs, limit);
  },
};

function nextInterval(intervalMs: number, afterMs: number, anchorMs: number): number {
  const count = Math.max(1, Math.floor((afterMs - anchorMs) / intervalMs) + 1);
  return anchorMs + count * intervalMs;
}

function countCron({ cron, timezone }: TimerRule, fromMs: number, toMs: number, limit: number): number {
  if (cron === undefined) return 0;
  let count = 0;
  let due = nextCron(cron, timezone, fromMs);
  while (due !== null && due <= toMs && count < limit) {
    count++;
    due = nextCron(cron, timezone, due);
  }
  return count;
}

function nextCron(line: string, zone: string, afterMs: number): number | null {
  if (zone === "UTC" || isHourly(line)) return nextOf(new Cron(line, { timezone: zone }), afterMs);
  const walls = new Cron(line, { timezone: "UTC" });
  let wall = nextOf(walls, wallAt(afterMs, zone));
  while (wall !== null) {
    const moment = momentOf(wall, zone);
    if (moment > afterMs) return moment;
    wall = nextOf(walls, wall);
  }
  return null;
}

function isHourly(line: string): boolean {
  const fields = line.trim().split(/\s+/);
  return fields[fields.length - 4] === "*";
}

const nextOf = (cron: Cron, afterMs: number): number | null => cron.nextRun(new Date(afterMs))?.getTime() ?? null;
