import { setTimeout as sleepFor } from "node:timers/promises";

/** How time passes for those who wait for their turn. */
export type Pace = {
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/** Requests to one host, one after another, with a pause between their starts. */
export type HostTurns = {
  /** Runs `ask` when it is the host's turn: after those who came before, at least `intervalMs` after the last start. */
  take<T>(host: string, intervalMs: number, signal: AbortSignal, ask: () => Promise<T>): Promise<T>;
  /** No request to the host starts before `ms` have passed. */
  holdBack(host: string, ms: number): void;
  /** The host was not asked after all: the next request need not wait. */
  free(host: string): void;
  /** Waits by the same clock. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

type Line = { readonly queue: (() => void)[]; isBusy: boolean; freeAtMs: number };

const realPace: Pace = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, { signal });
  },
};

export function createHostTurns(pace: Pace = realPace): HostTurns {
  const lines = new Map<string, Line>();
  const lineOf = (host: string): Line => {
    const line = lines.get(host) ?? { queue: [], isBusy: false, freeAtMs: 0 };
    lines.set(host, line);
    return line;
  };
  const until = async (line: Line, signal: AbortSignal): Promise<void> => {
    for (let waitMs = line.freeAtMs - pace.nowMs(); waitMs > 0; waitMs = line.freeAtMs - pace.nowMs())
      await pace.sleep(Math.ceil(waitMs), signal);
  };
  return {
    async take(host, intervalMs, signal, ask) {
      const line = lineOf(host);
      await enter(line, signal);
      try {
        await until(line, signal);
        line.freeAtMs = pace.nowMs() + intervalMs;
        return await ask();
      } finally {
        leave(line);
      }
    },
    holdBack(host, ms) {
      const line = lineOf(host);
      line.freeAtMs = Math.max(line.freeAtMs, pace.nowMs() + ms);
    },
    free(host) {
      lineOf(host).freeAtMs = 0;
    },
    sleep: (ms, signal) => pace.sleep(ms, signal),
  };
}

async function enter(line: Line, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!line.isBusy) {
    line.isBusy = true;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => {
      line.queue.splice(line.queue.indexOf(go), 1);
      reject(signal.reason as Error);
    };
    const go = (): void => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    line.queue.push(go);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}

/** The next in line is let in, or nobody is. */
function leave(line: Line): void {
  const next = line.queue.shift();
  if (next === undefined) line.isBusy = false;
  else next();
}

/** The turns that all steps of this process take. Each process has its own. */
export const hostTurns: HostTurns = createHostTurns();
