import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Json, JsonObject } from "../../contracts/json.js";
import { openStepBench } from "../../testing/step-bench.js";
import { waitStep } from "./wait-step.js";

const bench = openStepBench();
afterAll(() => bench.close());
const run = (config: JsonObject, inputs: { readonly [port: string]: Json } = {}) =>
  bench.attempt(waitStep, config, { inputs });

describe("WaitStep", () => {
  it.each([
    [90, 90_000],
    [0.5, 500],
    ["90s", 90_000],
    ["2h", 7_200_000],
    ["{{ minutes }}m", 180_000],
    ["{{ seconds }}", 7_000],
    ["{{ text }}", 90_000],
  ] as const)("for: %j counts from the start of the attempt", async (span, ms) => {
    const before = Date.now();
    const outcome = await run({ for: span }, { minutes: 3, seconds: 7, text: "1m30s" });
    const after = Date.now();
    expect(outcome).toMatchObject({ status: "suspended", until: expect.any(Number) });
    if (outcome.status !== "suspended") return;
    expect(outcome.until).toBeGreaterThanOrEqual(before + ms);
    expect(outcome.until).toBeLessThanOrEqual(after + ms);
    expect(outcome.ask).toBeUndefined();
  });

  it.each([
    ["2030-01-31T08:00:00Z", Date.UTC(2030, 0, 31, 8)],
    ["{{ when }}", Date.UTC(2031, 4, 6)],
    ["{{ count }}", 1_893_456_000_000],
    [1_893_456_000, 1_893_456_000_000],
    ["1970-01-02", 86_400_000],
  ] as const)("until: %j is that moment, also when it is over", async (until, at) => {
    expect(await run({ until }, { when: "2031-05-06", count: 1_893_456_000 })).toMatchObject({
      status: "suspended",
      until: at,
    });
  });

  it.each([
    [{ until: "{{ when }}" }, '"next week"', "2030-01-31T08:00:00Z"],
    [{ until: "{{ bare }}" }, '"2030-01-31T08:00:00"', "zone"],
    [{ for: "{{ when }}" }, '"next week"', "90s"],
    [{ for: "{{ long }}" }, '"9999d"', "ten years"],
    [{ for: "{{ minus }}" }, "-3", "90s"],
    [{ until: "{{ nothing }}" }, "null", "text"],
  ] as const)("wrong value: %j is a failure of the data that quotes it", async (config, quoted, expected) => {
    const inputs = { when: "next week", bare: "2030-01-31T08:00:00", long: "9999d", minus: -3, nothing: null };
    const outcome = await run(config, inputs);
    expect(outcome).toMatchObject({ status: "failed", failure: { kind: "data_validation", code: "E_MOMENT" } });
    if (outcome.status !== "failed") return;
    expect(outcome.failure.message).toContain(quoted);
    expect(outcome.failure.message).toContain(expected);
  });

  it("config: for or until, not both, and a moment that can be read", async () => {
    const fits = (config: unknown): boolean => waitStep.config(z).safeParse(config).success;
    expect([{}, { for: 1, until: "x" }, { for: "soon" }, { for: -1 }].map(fits)).toEqual([false, false, false, false]);
    expect(await bench.problems(waitStep, { until: "31.1.2030" })).toEqual(["E_TYPE"]);
    expect(await bench.problems(waitStep, { until: "2030-01-31" })).toEqual([]);
    expect(await bench.problems(waitStep, { until: "{{ when }}" })).toEqual([]);
  });
});
