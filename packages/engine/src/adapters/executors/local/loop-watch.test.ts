import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LoopWatch, loopWatch, type Watched } from "./loop-watch.js";

/** A clock that is set by hand: `stall` lets time pass in which no timer comes. */
class Stage {
  nowMs = 0;
  busyMs = 0;
  readonly told: string[] = [];
  readonly running = new Set<Watched>();
  readonly watch: LoopWatch = loopWatch(() => this.running, { now: () => this.nowMs, busyMs: () => this.busyMs });

  begin(step: string, callMs = 0): Watched {
    const sink = { log: (_level: string, text: string) => void this.told.push(`${step}: ${text}`) };
    const attempt: Watched = { step, sink, beganMs: this.nowMs };
    this.running.add(attempt);
    this.stall(callMs);
    this.watch.called(attempt);
    return attempt;
  }

  end(attempt: Watched): void {
    this.watch.ends();
    this.running.delete(attempt);
  }

  stall(ms: number, busyMs = ms): void {
    this.nowMs += ms;
    this.busyMs += busyMs;
  }

  /** Time in which the timers come when they are due. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.nowMs += 100;
      vi.advanceTimersByTime(100);
    }
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

test("loop watch: a step that blocks when it is called is told of it at once, and once", () => {
  const stage = new Stage();
  stage.begin("calm");
  stage.begin("spins", 3200);
  expect(stage.told).toEqual([expect.stringMatching(/^spins: It held up the event loop for 3\.2 s/)]);
  stage.pass(2000);
  expect(stage.told).toHaveLength(1);
});

test("loop watch: the first step of all is seen, too", () => {
  const stage = new Stage();
  stage.begin("spins", 1500);
  expect(stage.told).toHaveLength(1);
});

test("loop watch: a step that blocks behind an await is named with those that ran beside it", () => {
  const stage = new Stage();
  stage.begin("a");
  stage.begin("b");
  stage.pass(900);
  stage.stall(2500);
  stage.begin("late");
  stage.pass(100);
  expect(stage.told.map((text) => text.slice(0, 40))).toEqual([
    "a: The event loop was held up for 2.5 s ",
    "b: The event loop was held up for 2.5 s ",
  ]);
  expect(stage.told[0]).toContain("while it ran, as did b.");
});

test("loop watch: a step that ends before the beat is told before it ends, and once", () => {
  const stage = new Stage();
  const attempt = stage.begin("gone");
  stage.pass(400);
  stage.stall(5000);
  stage.end(attempt);
  expect(stage.told).toEqual([expect.stringMatching(/^gone: The event loop was held up for 4\.9 s/)]);
  stage.pass(1000);
  expect(stage.told).toHaveLength(1);
});

test("loop watch: a process that was stopped or starved blames nobody", () => {
  const stage = new Stage();
  stage.begin("innocent");
  stage.stall(10_000, 20);
  stage.pass(1000);
  expect(stage.told).toEqual([]);
});

test("loop watch: nothing beats while nothing runs", () => {
  const stage = new Stage();
  const attempt = stage.begin("short");
  expect(vi.getTimerCount()).toBe(1);
  stage.end(attempt);
  stage.pass(1000);
  expect(vi.getTimerCount()).toBe(0);
  stage.begin("next");
  expect(vi.getTimerCount()).toBe(1);
  stage.watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});
