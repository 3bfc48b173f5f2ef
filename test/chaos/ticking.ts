import { setTimeout as after } from "node:timers/promises";
import { inFolder, startChild } from "./children.js";

type Said = {
  readonly ready?: true;
  readonly ticks?: number;
  readonly atMs?: number;
  readonly status?: string;
  readonly set?: number;
  readonly fired?: number;
  readonly cpuShare?: number;
};

export type Ticked = { readonly faults: readonly string[]; readonly jumps: number; readonly cpuShare: number };

/** A timer that fires five times, a second apart, in a process whose wall clock is set about, or that sleeps meanwhile. */
export function ticked({ jumpsPerSecond = 0, sleepMs = 0 }): Promise<Ticked> {
  return inFolder(async (folder) => {
    const child = startChild<Said>("ticking.mjs", [folder, String(jumpsPerSecond)], { boundMs: 120_000 });
    await child.until(({ ready }) => ready === true);
    if (sleepMs > 0) {
      await child.until(({ ticks }) => ticks === 1);
      child.process.kill("SIGSTOP");
      await after(sleepMs);
      child.process.kill("SIGCONT");
    }
    const { end, errors, said } = await child.ended;
    const last = said.at(-1);
    const faults = [
      ...(end === 0 ? [] : [`the engine ended with ${end}: ${errors}`]),
      ...(last?.status === "completed" && last.fired === 5
        ? []
        : [`${last?.status} after ${last?.fired} of 5 firings`]),
      ...(sleepMs > 0 ? burstFaults(said) : []),
    ];
    return { faults, jumps: last?.set ?? 0, cpuShare: last?.cpuShare ?? 1 };
  });
}

/** What was due while it slept is made up for once. */
function burstFaults(said: readonly Said[]): readonly string[] {
  const at = said.flatMap(({ atMs }) => (atMs === undefined ? [] : [atMs]));
  const close = at.filter((ms, index) => ms - (at[index - 1] ?? Number.NEGATIVE_INFINITY) < 300).length;
  return close <= 1 ? [] : [`${close} firings in a burst after the sleep`];
}
