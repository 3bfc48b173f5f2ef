import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./system-clock.js";

describe("system clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("wake: calls back once, not before its time", () => {
    const called = vi.fn(() => systemClock.now());
    systemClock.wake(1_000_250, called);
    vi.advanceTimersByTime(249);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(called).toHaveBeenCalledTimes(1);
    expect(called).toHaveReturnedWith(1_000_250);
  });

  it("wake: beyond what one timer can hold", () => {
    const days = 40 * 24 * 3600 * 1000;
    const called = vi.fn();
    systemClock.wake(1_000_000 + days, called);
    vi.advanceTimersByTime(days - 1);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it("wake: in the past calls back, and never before it returns", () => {
    const called = vi.fn();
    systemClock.wake(5, called);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it("wake: called off before and after a first stretch, it never calls back", () => {
    const called = vi.fn();
    systemClock.wake(1_000_100, called)();
    const off = systemClock.wake(1_000_000 + 200_000, called);
    vi.advanceTimersByTime(100_000);
    off();
    vi.advanceTimersByTime(1_000_000);
    expect(called).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("wake: a wall clock set forward is noticed within a minute, one set back delays", () => {
    const called = vi.fn();
    systemClock.wake(1_000_000 + 3_600_000, called);
    vi.setSystemTime(1_000_000 - 3_600_000);
    vi.advanceTimersByTime(3_600_000);
    expect(called).not.toHaveBeenCalled();
    vi.setSystemTime(1_000_000 + 3_700_000);
    vi.advanceTimersByTime(60_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it("after: a wall clock set back or forward neither delays nor hurries it, also beyond what one timer can hold", () => {
    const days = 40 * 24 * 3600 * 1000;
    const called = vi.fn();
    systemClock.after?.(days, called);
    vi.setSystemTime(1_000_000 - 3_600_000);
    vi.advanceTimersByTime(days - 10);
    vi.setSystemTime(1_000_000 + 10 * days);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it("after: called off, it never calls back", () => {
    const called = vi.fn();
    systemClock.after?.(100, called)();
    vi.advanceTimersByTime(1000);
    expect(called).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("monotonic and random: never back, within bounds", () => {
    vi.useRealTimers();
    let last = systemClock.monotonic();
    for (let i = 0; i < 1000; i += 1) {
      const next = systemClock.monotonic();
      expect(next).toBeGreaterThanOrEqual(last);
      last = next;
      const chance = systemClock.random();
      expect(chance >= 0 && chance < 1).toBe(true);
    }
  });
});
