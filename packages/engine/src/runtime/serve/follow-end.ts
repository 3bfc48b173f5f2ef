import { isOver } from "../run-handle.js";
import type { RunHandle, RunResult } from "../runtime.js";

/** Calls back once, when the run has ended for good: waiting and being paused are no ends. Never when it is let go. */
export function followEnd(handle: RunHandle, ended: (result: RunResult) => void): void {
  let told = false;
  const look = (): void => {
    if (told || !isOver(handle.status)) return;
    told = true;
    stop();
    // What could not be written is told by the run itself.
    handle.result().then(ended, () => undefined);
  };
  const stop = handle.listen((event) => {
    const ends = event.type === "run.completed" || event.type === "run.failed" || event.type === "run.closed";
    if (ends && event.run === 0) queueMicrotask(look);
  });
  queueMicrotask(look);
}
