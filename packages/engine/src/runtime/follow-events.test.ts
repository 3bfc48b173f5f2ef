import { describe, expect, it } from "vitest";
import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import type { RunEvent } from "../kernel/event.js";
import { followEvents } from "./follow-events.js";

/** A driver that publishes events when told to, and the store they are in. */
function scene() {
  const journal: RunEvent[] = [];
  const listeners = new Set<(event: RunEvent) => void>();
  const pages: number[] = [];
  let rested: () => void = () => undefined;
  const rest = new Promise<void>((resolve) => (rested = resolve));
  const it = { isAtRest: false, listeners, journal, pages };
  const driver = {
    tree: { id: "run" },
    get isAtRest() {
      return it.isAtRest;
    },
    rest: () => rest,
    listen: (listener: (event: RunEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Driver;
  const store = {
    events: (_id: string, after: number, limit: number) => {
      const page = journal.slice(after, after + limit);
      pages.push(page.length);
      return Promise.resolve(page);
    },
  };
  return {
    ...it,
    follow: (after = 0) => followEvents({ store } as unknown as HostParts, driver, after)[Symbol.asyncIterator](),
    publish(count: number) {
      for (let added = 0; added < count; added++) {
        const event = { seq: journal.length + 1 } as RunEvent;
        journal.push(event);
        for (const listener of listeners) listener(event);
      }
    },
    end() {
      it.isAtRest = true;
      rested();
    },
  };
}

async function rest(events: AsyncIterator<RunEvent>): Promise<number[]> {
  const seen: number[] = [];
  for (let next = await events.next(); next.done !== true; next = await events.next()) seen.push(next.value.seq);
  return seen;
}

describe("followEvents", () => {
  it("a consumer that stands still: what it misses is read from the store, not kept", async () => {
    const run = scene();
    run.publish(10);
    const events = run.follow();
    expect((await events.next()).value?.seq).toBe(1);
    run.publish(50_000);
    run.end();
    expect(await rest(events)).toEqual(Array.from({ length: 50_009 }, (_, index) => index + 2));
    expect(Math.max(...run.pages)).toBeLessThanOrEqual(1000);
    expect(run.pages.length).toBeGreaterThan(48);
  });

  it("a consumer that keeps up: hears each, and the store is not asked again", async () => {
    const run = scene();
    const events = run.follow();
    for (let number = 1; number <= 2000; number++) {
      const next = events.next();
      await Promise.resolve();
      run.publish(1);
      expect((await next).value?.seq).toBe(number);
    }
    expect(run.pages).toEqual([0]);
  });

  it("after its end, or when it is left: nobody listens any more", async () => {
    const run = scene();
    run.publish(3);
    const left = run.follow();
    await left.next();
    expect(run.listeners.size).toBe(1);
    await left.return?.();
    expect(run.listeners.size).toBe(0);
    const whole = run.follow(1);
    run.end();
    expect(await rest(whole)).toEqual([2, 3]);
    expect(run.listeners.size).toBe(0);
  });
});
