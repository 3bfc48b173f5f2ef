import { describe, expect, it } from "vitest";
import { createHostTurns, type Pace } from "./host-turns.js";

/** Time that passes when somebody sleeps: sleepers wake in order of their moments. */
function simulatedPace(): Pace {
  let now = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const tick = (): void => {
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    nowMs: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        sleepers.push({ at: now + ms, wake: resolve });
        setImmediate(tick);
      }),
  };
}

const never = new AbortController().signal;

describe("host turns", () => {
  it("interval: requests of all askers of a host start no closer than it, whatever they do", async () => {
    const pace = simulatedPace();
    const turns = createHostTurns(pace);
    const starts: number[] = [];
    const ask = async (takesMs: number): Promise<void> => {
      starts.push(pace.nowMs());
      await pace.sleep(takesMs, never);
    };
    await Promise.all([10, 5_000, 10, 10].map((takesMs) => turns.take("a", 3_000, never, () => ask(takesMs))));
    expect(starts).toEqual([0, 3_000, 8_000, 11_000]);
  });

  it("hosts: each has a line of its own", async () => {
    const pace = simulatedPace();
    const turns = createHostTurns(pace);
    const at = (host: string) => turns.take(host, 3_000, never, async () => pace.nowMs());
    expect(await Promise.all([at("a"), at("b"), at("a")])).toEqual([0, 0, 3_000]);
  });

  it("holding back: nobody asks before the pause is over", async () => {
    const pace = simulatedPace();
    const turns = createHostTurns(pace);
    turns.holdBack("a", 60_000);
    const starts = await Promise.all([1, 2].map(() => turns.take("a", 100, never, async () => pace.nowMs())));
    expect(starts).toEqual([60_000, 60_100]);
  });

  it("failure and giving up: the others still get their turn", async () => {
    const turns = createHostTurns(simulatedPace());
    const stop = new AbortController();
    const broken = turns.take("a", 10, never, async () => Promise.reject(new TypeError("broken")));
    const left = turns.take("a", 10, stop.signal, async () => "never");
    const last = turns.take("a", 10, never, async () => "asked");
    stop.abort(new RangeError("left"));
    await expect(broken).rejects.toThrow("broken");
    await expect(left).rejects.toThrow("left");
    expect(await last).toBe("asked");
  });
});
