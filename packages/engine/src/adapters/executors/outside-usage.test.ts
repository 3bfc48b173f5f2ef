import { describe, expect, it } from "vitest";
import { joined, outsideUsage } from "./outside-usage.js";

describe("outside usage", () => {
  it("joined: CPU times add up, the larger memory counts, null only where nobody knows", () => {
    const known = { cpuMs: 5, peakMemoryBytes: 100 };
    const unknown = { cpuMs: null, peakMemoryBytes: null };
    expect(joined(known, { cpuMs: 7, peakMemoryBytes: 40 })).toEqual({ cpuMs: 12, peakMemoryBytes: 100 });
    expect(joined(known, unknown)).toEqual(known);
    expect(joined(unknown, { cpuMs: 0, peakMemoryBytes: 0 })).toEqual({ cpuMs: 0, peakMemoryBytes: 0 });
    expect(joined(unknown, unknown)).toEqual(unknown);
  });

  it("measured: what is no count, or comes after the end, does not count", () => {
    let open = true;
    const outside = outsideUsage(() => open);
    expect(outside.total()).toEqual({ cpuMs: null, peakMemoryBytes: null });
    outside.measured({ cpuMs: Number.NaN, peakMemoryBytes: -1 });
    outside.measured({ cpuMs: "9" as unknown as number, peakMemoryBytes: 8 });
    expect(outside.total()).toEqual({ cpuMs: null, peakMemoryBytes: 8 });
    outside.measured({ cpuMs: 2 });
    open = false;
    outside.measured({ cpuMs: 4, peakMemoryBytes: 16 });
    expect(outside.total()).toEqual({ cpuMs: 2, peakMemoryBytes: 8 });
  });
});
