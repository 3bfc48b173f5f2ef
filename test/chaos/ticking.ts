import { setTimeout as after } from "node:timers/promises";
import type { Plant } from "../secrets/workbench.js";
import { inFolder, plantedEnvironment, startChild } from "./children.js";

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

type Ticking = { readonly jumpsPerSecond?: number; readonly sleepMs?: number; readonly planted?: Plant };

/** A timer that fires five times, a second apart, in a process whose wall clock is set about, or that sleeps meanwhile. */
export function ticked({ jumpsPerSecond = 0, sleepMs = 0, planted }: Ticking): Promise<Ticked> {
  return inFolder(async (folder) => {
    const env = planted === undefined ? {} : plantedEnvironment(planted);
    const child = startChild<Said>("ticking.mjs", [folder, String(jumpsPerSecond)], { boundMs: 120_000, env });
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
      ...(sleepMs > 0 || jumpsPerSecond > 0 ? [] : earlyFaults(said)),
    ];
    return { faults, jumps: last?.set ?? 0, cpuShare: last?.cpuShare ?? 1 };
  });
}

/** The fifth comes four seconds after the first, or later: firings follow their moments, which are a second apart. */
function earlyFaults(said: readonly Said[]): readonly string[] {
  const at = said.flatMap(({ atMs }) => (atMs === undefined ? [] : [atMs]));
  const lastedMs = Math.round((at.at(-1) ?? 0) - (at[0] ?? 0));
  return at.length === 5 && lastedMs > 2500 ? [] : [`I9: ${at.length} firings within ${lastedMs} ms`];
}

/** What was due while it slept is made up for once. */
function burstFaults(said: readonly Said[]): readonly string[] {
  const at = said.flatMap(({ atMs }) => (atMs === undefined ? [] : [atMs]));
  const close = at.filter((ms, index) => ms - (at[index - 1] ?? Number.NEGATIVE_INFINITY) < 300).length;
  return close <= 1 ? [] : [`${close} firings in a burst after the sleep`];
}
