/** Time and chance from outside. `now` is epoch milliseconds UTC; `monotonic` never jumps back. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** 0 <= x < 1. */
  random(): number;
  /** Calls back once, not before `atMs` (epoch ms; beyond 24.8 days too). Returns the way to call it off. */
  wake(atMs: number, callback: () => void): () => void;
}
