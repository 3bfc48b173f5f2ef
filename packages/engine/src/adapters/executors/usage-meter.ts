import { openSync, readSync } from "node:fs";
import { getHeapStatistics } from "node:v8";

export type Measured = { readonly cpuMs: number | null; readonly peakMemoryBytes: number | null };

/** Measures one attempt: `start()` when it starts, its answer when it has ended. */
export type UsageMeter = { start(): () => Measured };

/** What is shorter than this is not looked up in the system, which would take longer than a small step. */
const RESOLUTION_MS = 0.5;

/**
 * For a lane, which runs one attempt at a time. CPU time is the thread's own, exact to half a millisecond: a shorter attempt counts with
 * all the time it took. Memory is what the lane's heap has committed, with its buffers, when the attempt ends, or less than a
 * millisecond before: what it had before is in it, what was given back is not.
 */
export function laneMeter(): UsageMeter {
  let last: Reading = { atMs: Number.NEGATIVE_INFINITY, cpuMs: null };
  let peakMemoryBytes = 0;
  const read = (): Reading => {
    const heap = getHeapStatistics();
    peakMemoryBytes = heap.total_heap_size + heap.external_memory;
    last = { atMs: performance.now(), cpuMs: threadCpuMs() };
    return last;
  };
  return {
    start() {
      const startedMs = performance.now();
      const before = startedMs - last.atMs < RESOLUTION_MS ? last : read();
      return () => {
        const durationMs = performance.now() - startedMs;
        if (durationMs < RESOLUTION_MS) return { cpuMs: before.cpuMs === null ? null : durationMs, peakMemoryBytes };
        return { cpuMs: since(before, startedMs, read()), peakMemoryBytes };
      };
    },
  };
}

/** What ran between an earlier reading and the start, in so short a time, was this thread. */
function since(before: Reading, startedMs: number, after: Reading): number | null {
  if (before.cpuMs === null) return null;
  return difference(before.cpuMs + Math.max(0, startedMs - before.atMs), after.cpuMs);
}

/**
 * For attempts that share this event loop: CPU time is known of those that ran alone, memory of none. CPU time is exact to
 * half a millisecond: a shorter attempt counts with all the time it took.
 */
export function sharedMeter(): UsageMeter {
  let running = 0;
  let starts = 0;
  let last: Reading = { atMs: Number.NEGATIVE_INFINITY, cpuMs: null };
  const read = (): Reading => {
    last = { atMs: performance.now(), cpuMs: threadCpuMs() };
    return last;
  };
  return {
    start() {
      const alone = running === 0;
      running += 1;
      starts += 1;
      const mine = starts;
      const startedMs = performance.now();
      const before = !alone || startedMs - last.atMs < RESOLUTION_MS ? last : read();
      return () => {
        running -= 1;
        if (!alone || starts !== mine || before.cpuMs === null) return unknown;
        const durationMs = performance.now() - startedMs;
        if (durationMs < RESOLUTION_MS) return { cpuMs: durationMs, peakMemoryBytes: null };
        return { cpuMs: since(before, startedMs, read()), peakMemoryBytes: null };
      };
    },
  };
}

type Reading = { readonly atMs: number; readonly cpuMs: number | null };

const unknown: Measured = { cpuMs: null, peakMemoryBytes: null };

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : Math.max(0, after - before);
}

type ThreadUsage = { threadCpuUsage?: () => { readonly user: number; readonly system: number } };

/** CPU time of the calling thread so far; null where the system does not tell. */
function threadCpuMs(): number | null {
  const usage = (process as ThreadUsage).threadCpuUsage?.();
  return usage === undefined ? linuxThreadCpuMs() : (usage.user + usage.system) / 1000;
}

const line = Buffer.alloc(80);
let schedule: number | null | undefined;

/** Older Node versions: the kernel's count for this thread, read through a file that stays open. */
function linuxThreadCpuMs(): number | null {
  try {
    if (schedule === undefined)
      schedule = process.platform === "linux" ? openSync("/proc/thread-self/schedstat", "r") : null;
    if (schedule === null) return null;
    const length = readSync(schedule, line, 0, line.length, 0);
    const nanoseconds = Number(line.toString("latin1", 0, length).split(" ")[0]);
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : null;
  } catch {
    schedule = null;
    return null;
  }
}
