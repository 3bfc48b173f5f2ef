import { readFileSync, writeFileSync } from "node:fs";
import type { UsageMeter } from "../usage-meter.js";

/**
 * For a process that runs one attempt at a time. CPU time is the process's own, all its threads included. Memory is the
 * most it held at once while the attempt ran, what it had before included; where the system cannot count from anew, the most
 * since the process began.
 */
export function processMeter(): UsageMeter {
  return {
    start() {
      const before = process.cpuUsage();
      countAnew();
      return () => {
        const { user, system } = process.cpuUsage(before);
        return { cpuMs: (user + system) / 1000, peakMemoryBytes: peakBytes() };
      };
    },
  };
}

function countAnew(): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Not allowed here: the peak counts from the start of the process.
  }
}

function peakBytes(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // No such file on this system.
  }
  return process.resourceUsage().maxRSS * 1024;
}
