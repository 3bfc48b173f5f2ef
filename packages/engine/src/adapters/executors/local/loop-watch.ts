import type { AttemptSink } from "../../../contracts/executor.js";

export type Watched = {
  readonly step: string;
  readonly sink: Pick<AttemptSink, "log">;
  /** On the clock of `LoopTime`. */
  readonly beganMs: number;
};

export type LoopTime = {
  /** Never jumps back. */
  now(): number;
  /** How long the loop has been at work so far, and not waiting for something to do. */
  busyMs(): number;
};

/** Shorter ones are nobody's business. */
const STALL_MS = 1000;
export const BEAT_MS = 500;
/** So many steps are told of one stall. */
export const MOST_TOLD = 3;

export type LoopWatch = {
  /** Code was called at `beganMs` and has given control back: what it took, it took from everybody. */
  called(attempt: Watched): void;
  /** One of those that run is about to end: what it held up is told before its end is. */
  ends(): void;
  stop(): void;
};

export const busyMs = (): number => performance.eventLoopUtilization().active;
const machine: LoopTime = { now: () => performance.now(), busyMs };

/**
 * Tells steps that held up the event loop. One that did so when it was called is known for certain, by the time that the call took. Behind
 * an `await` it may be any of those that ran: a beat that comes late says so, if the loop was at work meanwhile, and the
 * process neither stopped nor starved. Nothing beats while nothing runs.
 */
export function loopWatch(running: () => Iterable<Watched>, time: LoopTime = machine): LoopWatch {
  let timer: NodeJS.Timeout | undefined;
  let dueMs = 0;
  let busyMs = 0;

  const arm = (): void => {
    clearTimeout(timer);
    dueMs = time.now() + BEAT_MS;
    busyMs = time.busyMs();
    timer = setTimeout(beat, BEAT_MS);
    timer.unref();
  };
  /** True: the beat is late, and whoever may be to blame has been told. */
  const look = (): boolean => {
    const now = time.now();
    const stalledMs = now - dueMs;
    if (stalledMs < STALL_MS) return false;
    const suspects = [...running()].filter(({ beganMs }) => now - beganMs >= STALL_MS);
    if (time.busyMs() - busyMs >= stalledMs / 2) suspect(suspects, stalledMs);
    return true;
  };
  const beat = (): void => {
    timer = undefined;
    look();
    for (const _ of running()) return arm();
  };
  return {
    called(attempt) {
      const tookMs = time.now() - attempt.beganMs;
      if (tookMs >= STALL_MS) {
        attempt.sink.log("warn", calledText(tookMs));
      }
      // A beat that is late for a reason that has been told is not looked at.
      if (timer === undefined || tookMs >= STALL_MS) arm();
    },
    ends() {
      if (timer !== undefined && look()) arm();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

const mend = "With executor: thread it has a thread of its own.";

function suspect(attempts: readonly Watched[], stalledMs: number): void {
  const steps = attempts.map(({ step }) => step);
  for (const { step, sink } of attempts.slice(0, MOST_TOLD)) sink.log("warn", suspectText(stalledMs, step, steps));
}

/** For the log of a step whose code kept the loop when it was called. */
export function calledText(tookMs: number): string {
  const went = "nothing else of this process went on meanwhile";
  return `It held up the event loop for ${seconds(tookMs)} at one go: ${went}. ${mend}`;
}

/** For the log of one of the steps whose code may have kept the loop. */
export function suspectText(stalledMs: number, step: string, suspects: readonly string[]): string {
  const others = [...new Set(suspects)].filter((other) => other !== step);
  const named = others.length > MOST_TOLD ? `${others.length} other steps` : others.join(", ");
  const besides = others.length === 0 ? "" : `, as did ${named}`;
  return `The event loop was held up for ${seconds(stalledMs)} at one go while it ran${besides}. ${mend}`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
