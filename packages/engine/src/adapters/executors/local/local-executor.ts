import type { Blobs } from "../../../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, Executor } from "../../../contracts/executor.js";
import type { StepCode } from "../../../contracts/step-code.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { runStep } from "../run-step.js";
import { sharedMeter } from "../usage-meter.js";

export type LocalExecutorOptions = {
  readonly code: StepCode;
  readonly blobs: Blobs;
  /** Attempts at once; default 256. They share one event loop, so more helps only while they wait. */
  readonly lanes?: number;
  /** How long code may take to end after its signal has aborted; default 200. */
  readonly graceMs?: number;
};

/**
 * Runs attempts on this event loop. Code that ignores its signal is abandoned after the grace: its result is refused, but
 * it cannot be stopped, and code that never yields holds everything up. An error thrown in a callback that nobody awaits
 * ends the process. Where that matters, the thread executor is the place.
 */
export function createLocalExecutor(options: LocalExecutorOptions): Executor {
  const around = { code: options.code, blobs: options.blobs, meter: sharedMeter(), graceMs: options.graceMs ?? 200 };
  const closed = nanobrainError("E_CANCELLED", { reason: "the executor was closed" });
  const running = new Map<AbortController, Promise<AttemptOutcome>>();
  let open = true;

  const execute = async (request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> => {
    // Not AbortSignal.any: signals it makes from a signal that lives long are never freed on Node 20.
    const controller = new AbortController();
    const follow = (): void => controller.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    if (!open) controller.abort(closed);
    const attempt = runStep(request, sink, controller.signal, around);
    running.set(controller, attempt);
    try {
      return await attempt;
    } finally {
      signal.removeEventListener("abort", follow);
      running.delete(controller);
    }
  };

  const close = async (): Promise<void> => {
    open = false;
    for (const controller of running.keys()) controller.abort(closed);
    await Promise.allSettled(running.values());
  };
  return { name: "local", lanes: options.lanes ?? 256, execute, close };
}
