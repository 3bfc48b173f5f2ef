/** Code that keeps the event loop for so long is named. */
export const STALL_MS = 1000;

/** Looks out for code that keeps the event loop; one for all runs. */
export type Stall = {
  /** On the steady clock: who sees this time has been held up. Infinity: nobody looks out. */
  readonly lateFromMs: number;
  /** Code is under way behind an `await`. */
  expect(): void;
  /** To be called when it is late. Runs that may be to blame are handed over. */
  look(): void;
};

/** Nobody looks out. */
export const noStall: Stall = { lateFromMs: Number.POSITIVE_INFINITY, expect: () => undefined, look: () => undefined };
