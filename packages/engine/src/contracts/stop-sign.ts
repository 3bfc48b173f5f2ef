/**
 * How an attempt is told to end. It goes up once, for one reason. A signal is made only when code asks for one: it costs more than
 * the rest of a small attempt.
 */
export class StopSign {
  #controller: AbortController | undefined;
  #listeners: (() => void)[] | undefined;
  #isUp = false;
  #reason: unknown;

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Why, once it is up. */
  get reason(): unknown {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isUp) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Later reasons are not heard. Who listens to the signal hears of it before those of `whenUp`. */
  raise(reason: unknown): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }

  /** Calls back once, when it goes up; never where it is up already. Answers with the way to call it off. */
  whenUp(listener: () => void): () => void {
    if (this.#isUp) return () => undefined;
    this.#listeners ??= [];
    this.#listeners.push(listener);
    return () => {
      const listeners = this.#listeners;
      const at = listeners?.indexOf(listener) ?? -1;
      if (at >= 0) listeners?.splice(at, 1);
    };
  }
}

/** The sign that a signal raises. What listens to the signal is called off by the answer's second half. */
export function signOf(signal: AbortSignal): { readonly stop: StopSign; unfollow(): void } {
  const stop = new StopSign();
  const follow = (): void => stop.raise(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  return { stop, unfollow: () => signal.removeEventListener("abort", follow) };
}
