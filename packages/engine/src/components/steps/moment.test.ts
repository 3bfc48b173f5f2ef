import { describe, expect, it } from "vitest";
import { momentOf } from "./moment.js";

describe("moment", () => {
  it.each([
    ["2030-01-31T08:00:00Z", "2030-01-31T08:00:00.000Z"],
    [" 2030-01-31T08:00:00.250Z ", "2030-01-31T08:00:00.250Z"],
    ["2030-01-31T08:00+02:00", "2030-01-31T06:00:00.000Z"],
    ["2030-01-31 08:00:00 -0330", "2030-01-31T11:30:00.000Z"],
    ["2030-01-31t08:00:00,5z", "2030-01-31T08:00:00.500Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z"],
    [1_893_456_000, "2030-01-01T00:00:00.000Z"],
    ["1893456000", "2030-01-01T00:00:00.000Z"],
    [1_893_456_000_000, "2030-01-01T00:00:00.000Z"],
    [0, "1970-01-01T00:00:00.000Z"],
  ])("moment: %j is %s", (said, expected) => {
    const moment = momentOf(said);
    expect("at" in moment ? new Date(moment.at).toISOString() : moment).toBe(expected);
  });

  it.each([
    ["tomorrow", "2030-01-31T08:00:00Z"],
    ["", "2030-01-31T08:00:00Z"],
    ["31.01.2030", "2030-01-31T08:00:00Z"],
    ["2030", "2030-01-31T08:00:00Z"],
    ["2030-01-31T08:00:00", "zone"],
    ["2030-02-31", "no such day"],
    ["2030-13-01T00:00:00Z", "no such day"],
    ["2030-01-01T25:00:00Z", "no such day"],
    [1e300, "beyond"],
    [Number.NaN, "beyond"],
    [true, "text"],
    [null, "text"],
    [{ at: 1 }, "text"],
  ])("moment: %j is refused with what is wrong", (said, problem) => {
    expect(momentOf(said)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
