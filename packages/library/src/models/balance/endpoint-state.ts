import type { NanobrainError } from "@nanobrain/engine";

/**
 * What this process knows of an endpoint. B1. `inFlight` counts its calls under way. B2. Nobody calls it before `restUntilMs` if it asked
 * for that wait. B3. After a wait there is one call (`isProbing`) until an answer came: the others stand behind it.
 */
export type EndpointState = {
  inFlight: number;
  /** The number of its last call among all calls of the process: a small one has not been used for long. */
  lastUse: number;
  /** How long an answer takes, newer ones counting more. Undefined: none so far. */
  latencyMs: number | undefined;
  /** Share of calls that failed, newer ones counting more, 0 to 1. */
  failureShare: number;
  failuresInRow: number;
  restUntilMs: number;
  /** Why it rests; undefined: it does not. */
  restReason: NanobrainError | undefined;
  isProbing: boolean;
  /** Of smooth weighted turns. */
  credit: number;
  readonly waiting: Set<() => void>;
};

const mostKept = 1000;
const states = new Map<string, EndpointState>();
let uses = 0;

export function newState(): EndpointState {
  return {
    inFlight: 0,
    lastUse: 0,
    latencyMs: undefined,
    failureShare: 0,
    failuresInRow: 0,
    restUntilMs: 0,
    restReason: undefined,
    isProbing: false,
    credit: 0,
    waiting: new Set(),
  };
}

/** The state that all models of the process share for an endpoint. */
export function sharedState(key: string): EndpointState {
  const known = states.get(key);
  if (known !== undefined) return known;
  if (states.size >= mostKept) for (const [old, { inFlight }] of states) if (inFlight === 0) states.delete(old);
  const fresh = newState();
  states.set(key, fresh);
  return fresh;
}

export function beginCall(state: EndpointState): void {
  state.inFlight++;
  state.lastUse = ++uses;
}

/** A share of the newest measure in what is remembered. */
const share = 0.3;

export function endWell(state: EndpointState, tookMs: number): void {
  state.latencyMs = state.latencyMs === undefined ? tookMs : state.latencyMs * (1 - share) + tookMs * share;
  state.failureShare *= 1 - share;
  state.failuresInRow = 0;
  state.restReason = undefined;
  state.isProbing = false;
  ended(state);
}

export function endBadly(state: EndpointState): void {
  state.failureShare = state.failureShare * (1 - share) + share;
  state.failuresInRow++;
  ended(state);
}

/** A call that ended for a reason that says nothing of its endpoint. */
export function ended(state: EndpointState): void {
  state.inFlight--;
  for (const wake of [...state.waiting]) wake();
}

/** Resolves when one of the endpoints has changed. Rejects with the signal's reason. */
export function changed(among: readonly EndpointState[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      for (const { waiting } of among) waiting.delete(wake);
      signal.removeEventListener("abort", abort);
      act();
    };
    const wake = (): void => {
      settle(resolve);
    };
    const abort = (): void => {
      settle(() => {
        reject(signal.reason);
      });
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    for (const { waiting } of among) waiting.add(wake);
  });
}
