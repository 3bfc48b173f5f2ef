import type { StepContext } from "../../contracts/component.js";
import type { Measured } from "./usage-meter.js";

/** Gathers what a step measured of work outside its thread: CPU times add up, of memory the largest counts. */
export type OutsideUsage = Pick<StepContext, "measured"> & { readonly total: () => Measured };

export function outsideUsage(isOpen: () => boolean): OutsideUsage {
  let total: Measured = { cpuMs: null, peakMemoryBytes: null };
  return {
    measured({ cpuMs, peakMemoryBytes }) {
      if (isOpen()) total = joined(total, { cpuMs: known(cpuMs), peakMemoryBytes: known(peakMemoryBytes) });
    },
    total: () => total,
  };
}

/** The sum of CPU times and the larger memory; null only where neither side knows. */
export function joined(one: Measured, other: Measured): Measured {
  const cpuMs = one.cpuMs === null || other.cpuMs === null ? (one.cpuMs ?? other.cpuMs) : one.cpuMs + other.cpuMs;
  const peaks = [one.peakMemoryBytes, other.peakMemoryBytes].filter((peak) => peak !== null);
  return { cpuMs, peakMemoryBytes: peaks.length === 0 ? null : Math.max(...peaks) };
}

/** Users' steps may say anything: only a count counts. */
function known(figure: number | undefined): number | null {
  return typeof figure === "number" && Number.isFinite(figure) && figure >= 0 ? figure : null;
}
