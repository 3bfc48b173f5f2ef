import { nanobrainError } from "../errors/nanobrain-error.js";

/** How long one call may take, as a whole and in each of its waits; and the caller's own signal. */
export type Patience = {
  /** Aborts when the caller's signal does, or when a wait was too long. */
  readonly signal: AbortSignal;
  /** What it was aborted for; undefined: it was not. */
  readonly reason: () => Error | undefined;
  /** Begins a wait; the one before it is over. */
  readonly waitFor: (what: string, timeoutMs: number, url: string) => void;
  /** Nothing is waited for now. */
  readonly rest: () => void;
  /** The promise, or the reason of the abort, whichever comes first. */
  readonly orAborted: <T>(promise: Promise<T>) => Promise<T>;
  readonly stop: () => void;
};

/** Starts the time of a call. Whoever starts it stops it. */
export function patience(outer: AbortSignal, totalTimeoutMs: number, url: string): Patience {
  const controller = new AbortController();
  const tooLong = (what: string, timeoutMs: number, shown: string): NodeJS.Timeout =>
    setTimeout(() => controller.abort(nanobrainError("E_HTTP_TIMEOUT", { url: shown, what, timeoutMs })), timeoutMs);
  const follow = (): void => controller.abort(outer.reason);
  if (outer.aborted) follow();
  outer.addEventListener("abort", follow, { once: true });
  const total = tooLong("the whole call", totalTimeoutMs, url);
  let wait: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    reason: () => (controller.signal.aborted ? (controller.signal.reason as Error) : undefined),
    waitFor(what, timeoutMs, shown) {
      clearTimeout(wait);
      wait = tooLong(what, timeoutMs, shown);
    },
    rest: () => clearTimeout(wait),
    orAborted: (promise) => raceAbort(promise, controller.signal),
    stop() {
      clearTimeout(total);
      clearTimeout(wait);
      outer.removeEventListener("abort", follow);
    },
  };
}

function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
