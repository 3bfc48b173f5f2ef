import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cronSchedule } from "./cron-schedule.js";

const { nextDue, missedBetween } = cronSchedule;
const at = (text: string): number => Date.parse(text);
const every = (cron: string, timezone = "UTC") => ({ cron, timezone });

/** The next due times after a moment, as the clocks of the zone show them. */
function dues(cron: string, zone: string, after: string, count: number): readonly string[] {
  const shown = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "long" });
  const found: string[] = [];
  for (let due = nextDue(every(cron, zone), at(after)); due !== null && found.length < count; ) {
    found.push(shown.format(due));
    due = nextDue(every(cron, zone), due);
  }
  return found;
}

describe("intervals", () => {
  it("due times do not drift, however late a firing was", () => {
    const timer = { intervalMs: 1000, timezone: "UTC" };
    expect(nextDue(timer, 500)).toBe(1500);
    expect(nextDue(timer, 4700, 500)).toBe(5500);
    expect(nextDue(timer, 5500, 500)).toBe(6500);
    expect(nextDue(timer, 100, 500)).toBe(1500);
  });

  it("missed: those after the last due time and up to now, as many as the limit at most", () => {
    const timer = { intervalMs: 1000, timezone: "UTC" };
    expect(missedBetween(timer, 1500, 1500, 100)).toBe(0);
    expect(missedBetween(timer, 1500, 2499, 100)).toBe(0);
    expect(missedBetween(timer, 1500, 2500, 100)).toBe(1);
    expect(missedBetween(timer, 1500, 1_000_000, 100)).toBe(100);
    expect(missedBetween(timer, 1500, 0, 100)).toBe(0);
  });

  it("a span of years: no overflow", () => {
    expect(nextDue({ intervalMs: 10 * 365 * 86_400_000, timezone: "UTC" }, 0)).toBe(315_360_000_000);
  });
});

describe("cron lines", () => {
  it("the next one is after the moment, never at it", () => {
    expect(nextDue(every("0 9 * * *"), at("2026-04-04T09:00:00Z"))).toBe(at("2026-04-05T09:00:00Z"));
    expect(nextDue(every("0 9 * * *"), at("2026-04-04T08:59:59.999Z"))).toBe(at("2026-04-04T09:00:00Z"));
    expect(nextDue(every("30 0 9 * * *"), at("2026-04-04T08:59:59Z"))).toBe(at("2026-04-04T09:00:30Z"));
  });

  it("the zone's own midnight", () => {
    expect(nextDue(every("0 0 * * *", "Asia/Kathmandu"), at("2026-04-04T00:00:00Z"))).toBe(at("2026-04-04T18:15:00Z"));
  });

  it("a day that never comes: null", () => {
    expect(nextDue(every("0 0 30 2 *"), at("2026-04-04T00:00:00Z"))).toBeNull();
    expect(nextDue(every("0 0 30 2 *", "Europe/Berlin"), at("2026-04-04T00:00:00Z"))).toBeNull();
  });

  it("missed: counted up to now and to the limit", () => {
    const hourly = every("0 * * * *");
    expect(missedBetween(hourly, at("2026-04-04T00:00:00Z"), at("2026-04-04T03:00:00Z"), 100)).toBe(3);
    expect(missedBetween(hourly, at("2026-04-04T00:00:00Z"), at("2026-04-04T02:59:59Z"), 100)).toBe(2);
    expect(missedBetween(hourly, at("2026-04-04T00:00:00Z"), at("2036-04-04T00:00:00Z"), 100)).toBe(100);
  });
});

describe("clocks that jump forward", () => {
  it("a time that is skipped: at the moment of the jump", () => {
    expect(dues("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3)).toEqual([
      "2026-03-28 02:30:00 CET",
      "2026-03-29 03:00:00 CEST",
      "2026-03-30 02:30:00 CEST",
    ]);
  });

  it("several times that are skipped: once", () => {
    expect(dues("*/15 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29 03:00:00 CEST",
      "2026-03-30 02:00:00 CEST",
    ]);
  });

  it("once a year, in the hour that is skipped: not a year later", () => {
    expect(dues("*/30 2 29 3 *", "Europe/Berlin", "2026-01-01T00:00:00Z", 1)).toEqual(["2026-03-29 03:00:00 CEST"]);
  });

  it("half an hour, on the other half of the world", () => {
    expect(dues("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2)).toEqual([
      "2026-10-04 02:30:00 GMT+11",
      "2026-10-05 02:15:00 GMT+11",
    ]);
  });

  it("a whole day that a zone left out", () => {
    expect(nextDue(every("0 12 30 12 *", "Pacific/Apia"), at("2011-12-01T00:00:00Z"))).toBe(at("2011-12-30T10:00:00Z"));
  });

  it("every hour: only hours that there are", () => {
    expect(dues("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3)).toEqual([
      "2026-03-29 01:30:00 CET",
      "2026-03-29 03:30:00 CEST",
      "2026-03-29 04:30:00 CEST",
    ]);
  });
});

describe("clocks that go back", () => {
  it("a time that is shown twice: the first time only", () => {
    expect(dues("15,45 2 * * *", "Europe/Berlin", "2026-10-24T22:00:00Z", 3)).toEqual([
      "2026-10-25 02:15:00 CEST",
      "2026-10-25 02:45:00 CEST",
      "2026-10-26 02:15:00 CET",
    ]);
  });

  it("asked during the second time: the next day", () => {
    expect(dues("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1)).toEqual(["2026-10-26 02:30:00 CET"]);
  });

  it("every hour: both", () => {
    expect(dues("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", 3)).toEqual([
      "2026-10-25 02:00:00 CEST",
      "2026-10-25 02:00:00 CET",
      "2026-10-25 03:00:00 CET",
    ]);
  });
});

describe("any line, zone and moment", () => {
  const lines = ["30 2 * * *", "*/20 1-3 * * *", "0 0 1 * *", "5 */2 * * 1", "0 * * * *", "15 0,12 * * SUN"];
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Casablanca",
  ];
  const moment = fc.integer({ min: at("2015-01-01T00:00:00Z"), max: at("2035-01-01T00:00:00Z") });

  it("due times follow each other, and asking from between gives the same one", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.constantFrom(...zones),
        moment,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (cron, zone, after, part) => {
          const first = nextDue(every(cron, zone), after) ?? 0;
          expect(first).toBeGreaterThan(after);
          const between = Math.floor(after + (first - after) * part);
          expect(nextDue(every(cron, zone), between)).toBe(first);
          const second = nextDue(every(cron, zone), first) ?? 0;
          expect(second).toBeGreaterThan(first);
          expect(missedBetween(every(cron, zone), after, second, 10)).toBe(2);
        },
      ),
      { numRuns: 200 },
    );
  });
});
