import { describe, expect, it } from "vitest";
import { SimulatedClock } from "./simulated-clock.js";

describe("simulated clock", () => {
  it("advance: calls back what is due, in order of time, also what is asked for meanwhile", async () => {
    const clock = new SimulatedClock({ startMs: 1000 });
    const called: string[] = [];
    clock.wake(1030, () => called.push(`late ${clock.now()}`));
    clock.wake(1010, () => {
      called.push(`early ${clock.now()}`);
      clock.wake(1020, () => called.push(`asked ${clock.now()}`));
    });
    clock.wake(2000, () => called.push("never"));
    await clock.advance(100);
    expect(called).toEqual(["early 1010", "asked 1020", "late 1030"]);
    expect([clock.now(), clock.monotonic(), clock.next]).toEqual([1100, 100, 2000]);
  });

  it("equal times: in order of asking; what was called off is not called", async () => {
    const clock = new SimulatedClock({ startMs: 0 });
    const called: number[] = [];
    clock.wake(5, () => called.push(1));
    const stop = clock.wake(5, () => called.push(2));
    clock.wake(5, () => called.push(3));
    stop();
    await clock.advanceTo(5);
    expect(called).toEqual([1, 3]);
    expect(clock.step()).toBe(false);
  });

  it("a process that is dropped: nothing it asked for is called, what others asked for is", async () => {
    const clock = new SimulatedClock({ startMs: 0 });
    const called: string[] = [];
    const process = clock.forProcess();
    process.clock.wake(1, () => called.push("dropped"));
    clock.wake(2, () => called.push("kept"));
    process.drop();
    process.clock.wake(3, () => called.push("asked after its end"));
    await clock.advance(10);
    expect(called).toEqual(["kept"]);
  });

  it("durations: as texts, too; what is none is refused", async () => {
    const clock = new SimulatedClock({ startMs: 0 });
    await clock.advance("1h30m");
    expect(clock.now()).toBe(5_400_000);
    for (const wrong of ["soon", "-1s", -1])
      await expect(clock.advance(wrong)).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it("until idle: moves from moment to moment and awaits what is attached; gives up where there is no end", async () => {
    const clock = new SimulatedClock({ startMs: 0 });
    const seen: string[] = [];
    const detach = clock.attach(async () => {
      await Promise.resolve();
      seen.push(`settled ${clock.now()}`);
    });
    clock.wake(1000, () => clock.wake(clock.now() + 500, () => seen.push("last")));
    expect(await clock.runUntilIdle()).toBe(true);
    expect([clock.now(), clock.next]).toEqual([1500, undefined]);
    expect(seen).toEqual(["settled 0", "settled 1000", "last", "settled 1500"]);
    detach();
    const again = (): void => void clock.wake(clock.now() + 60_000, again);
    again();
    expect(await clock.runUntilIdle({ within: "1h" })).toBe(false);
    expect(clock.now()).toBe(1500 + 3_600_000);
  });

  it("chance: the same for the same seed", () => {
    const draw = (seed: number) => {
      const clock = new SimulatedClock({ seed });
      return Array.from({ length: 5 }, () => clock.random());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
