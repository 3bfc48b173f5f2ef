import { describe, expect, it } from "vitest";
import { cronProblem } from "./cron-line.js";

describe("cronProblem", () => {
  it.each([
    "0 * * * *",
    "*/15 0-23/2 1,15,31 JAN-dec mon-FRI",
    "59 23 L 12 7",
    "0 30 4 LW * ?",
    "0 9 15W * 5#3",
    "0 9 ? 1-6 friL",
  ])("%j: nothing is wrong", (line) => {
    expect(cronProblem(line)).toBeUndefined();
  });

  it.each([
    ["61 25 * * *", 'minute "61" is out of range: 0 to 59 is expected'],
    ["0 25 * * *", 'hour "25" is out of range: 0 to 23 is expected'],
    ["0 0 0 * *", 'day of the month "0" is out of range: 1 to 31 is expected'],
    ["0 0 * 13 *", 'month "13" is out of range: 1 to 12 is expected'],
    ["0 0 * * 8", 'day of the week "8" is out of range: 0 to 7 is expected'],
    ["60 0 0 * * *", 'second "60" is out of range: 0 to 59 is expected'],
    ["0 0,24 * * *", 'hour "24" is out of range: 0 to 23 is expected'],
    ["0 5-99 * * *", 'hour "5-99" is out of range: 0 to 23 is expected'],
    ["0 9-5 * * *", 'hour "9-5" ends before it starts'],
    ["*/0 * * * *", 'the step of minute "*/0" must be 1 to 59'],
    ["MON * * * *", '"MON" is no minute of a cron line'],
    ["0 0 * * Funday", '"Funday" is no day of the week of a cron line'],
    ["0 0 32W * *", '"32W" is no day of the month of a cron line'],
    ["0 ,1 * * *", '"" is no hour of a cron line'],
    ["0 1-2-3 * * *", '"1-2-3" is no hour of a cron line'],
    ["* * *", "a cron line has 5 or 6 fields, here are 3"],
  ])("%j: %s", (line, problem) => {
    expect(cronProblem(line)).toBe(problem);
  });
});
