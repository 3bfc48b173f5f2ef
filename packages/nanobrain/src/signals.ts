/** Exit codes of the signals a run answers. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
export type Interruption = { readonly signal: keyof typeof exitCodes; readonly exitCode: number };

export interface Signals {
  /** Resolves with the first signal. */
  readonly first: Promise<Interruption>;
  /** The one that came, if one did. */
  readonly came: Interruption | undefined;
  /** Stops listening: signals end the process as usual again. */
  release(): void;
}

/** The first SIGINT or SIGTERM is answered by whoever waits for it; the second ends the process at once. */
export function listenForSignals(onSecond: () => void): Signals {
  let came: Interruption | undefined;
  let tell: (interruption: Interruption) => void = () => undefined;
  const first = new Promise<Interruption>((resolve) => {
    tell = resolve;
  });
  const listen = (signal: keyof typeof exitCodes) => (): void => {
    if (came !== undefined) {
      onSecond();
      process.exit(exitCodes[signal]);
    }
    came = { signal, exitCode: exitCodes[signal] };
    tell(came);
  };
  const listeners = { SIGINT: listen("SIGINT"), SIGTERM: listen("SIGTERM") };
  process.on("SIGINT", listeners.SIGINT);
  process.on("SIGTERM", listeners.SIGTERM);
  return {
    first,
    get came() {
      return came;
    },
    release() {
      process.removeListener("SIGINT", listeners.SIGINT);
      process.removeListener("SIGTERM", listeners.SIGTERM);
    },
  };
}
