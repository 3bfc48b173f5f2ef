/** Time and chance from outside. `now` is epoch milliseconds UTC; `monotonic` never jumps back. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** 0 <= x < 1. */
  random(): number;
  /** Calls back once, not before `atMs` (epoch ms; beyond 24.8 days too). Returns the way to call it off. */
  wake(atMs: number, callback: () => void): () => void;
  /** Calls back once, when so much time has passed, wherever the wall clock is set meanwhile. Default: `wake`, which it may delay. */
  after?(ms: number, callback: () => void): () => void;
}

/** Calls back once a duration has passed: timeouts, pauses and graces are no moments of the wall clock. */
export function callAfter(clock: Clock, ms: number, callback: () => void): () => void {
  return clock.after?.(ms, callback) ?? clock.wake(clock.now() + ms, callback);
}
