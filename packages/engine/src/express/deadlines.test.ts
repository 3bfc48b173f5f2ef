import { describe, expect, it } from "vitest";
import { SimulatedClock } from "../testing/simulated-clock.js";
import { Deadlines } from "./deadlines.js";

/** Attempts under way, by the end of their time. */
function rig() {
  const clock = new SimulatedClock();
  const open = new Set<number>();
  const late: number[] = [];
  const deadlines = new Deadlines(
    clock,
    () => Math.min(Number.POSITIVE_INFINITY, ...open),
    () => late.push(clock.monotonic()),
  );
  const expectEnd = (endsAtMs: number): void => {
    open.add(endsAtMs);
    deadlines.expect(endsAtMs);
  };
  return { clock, open, late, deadlines, expectEnd };
}

describe("deadlines", () => {
  it("the first end that comes is told of, at its time", async () => {
    const { clock, late, expectEnd } = rig();
    for (const end of [500, 300, 900]) expectEnd(end);
    await clock.advance(299);
    expect(late).toEqual([]);
    await clock.advance(1);
    expect(late).toEqual([300]);
  });

  it("those that ended in time are passed over, and one timer is enough for all", async () => {
    const { clock, open, late, expectEnd } = rig();
    const startMs = clock.now();
    for (const end of [300, 400, 500]) expectEnd(end);
    expect(clock.next).toBe(startMs + 300);
    open.delete(300);
    open.delete(400);
    await clock.advance(450);
    expect({ late, next: clock.next }).toEqual({ late: [], next: startMs + 500 });
    open.delete(500);
    await clock.advance(1000);
    expect({ late, next: clock.next }).toEqual({ late: [], next: undefined });
    expectEnd(2000);
    await clock.advance(550);
    expect(late).toEqual([2000]);
  });

  it("stopped: no timer is left, and none is set any more", async () => {
    const { clock, late, deadlines, expectEnd } = rig();
    expectEnd(300);
    deadlines.stop();
    expectEnd(200);
    expect(clock.next).toBeUndefined();
    await clock.advance(1000);
    expect(late).toEqual([]);
  });
});
