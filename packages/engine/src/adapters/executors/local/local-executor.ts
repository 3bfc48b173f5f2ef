import type { Blobs } from "../../../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, NearExecutor } from "../../../contracts/executor.js";
import type { StepCode } from "../../../contracts/step-code.js";
import { type StopSign, signOf } from "../../../contracts/stop-sign.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { runStep } from "../run-step.js";
import { sharedMeter } from "../usage-meter.js";
import { loopWatch, type Watched } from "./loop-watch.js";

export type LocalExecutorOptions = {
  readonly code: StepCode;
  readonly blobs: Blobs;
  /** Attempts at once; default 256. They share one event loop, so more helps only while they wait. */
  readonly lanes?: number;
  /** How long code may take to end after its signal has aborted; default 200. */
  readonly graceMs?: number;
  /** False: nobody is told of holding up the event loop, and no timer is set, as where time is simulated. */
  readonly watched?: boolean;
};

/**
 * Runs attempts on this event loop. Code that ignores its signal is abandoned after the grace: its result is refused, but
 * it cannot be stopped, and code that never yields holds everything up, which a warning says. An error thrown in a callback that nobody awaits
 * ends the process. Where that matters, the thread executor is the place.
 */
export function createLocalExecutor(options: LocalExecutorOptions): NearExecutor {
  const closed = nanobrainError("E_CANCELLED", { reason: "the executor was closed" });
  const running = new Map<StopSign, Watched>();
  const watch = options.watched === false ? undefined : loopWatch(() => running.values());
  let open = true;
  let emptied = (): void => undefined;
  const ended = (stop: StopSign): void => {
    watch?.ends();
    running.delete(stop);
    if (running.size === 0) emptied();
  };
  const { code, blobs, graceMs = 200 } = options;
  const around = { code, blobs, meter: sharedMeter(), graceMs, ended };

  const perform = (request: AttemptRequest, sink: AttemptSink, stop: StopSign): Promise<AttemptOutcome> => {
    if (!open) stop.raise(closed);
    const attempt = { step: request.step, sink, beganMs: performance.now() };
    running.set(stop, attempt);
    const outcome = runStep(request, sink, stop, around);
    watch?.called(attempt);
    return outcome;
  };

  const execute = async (request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> => {
    // Not AbortSignal.any: signals it makes from a signal that lives long are never freed on Node 20.
    const { stop, unfollow } = signOf(signal);
    const outcome = await perform(request, sink, stop);
    unfollow();
    return outcome;
  };

  const close = async (): Promise<void> => {
    open = false;
    for (const stop of running.keys()) stop.raise(closed);
    if (running.size > 0) await new Promise<void>((resolve) => (emptied = resolve));
    watch?.stop();
  };
  return { name: "local", lanes: options.lanes ?? 256, execute, perform, close };
}
