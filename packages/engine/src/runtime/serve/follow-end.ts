import { isOver } from "../run-handle.js";
import type { RunHandle, RunResult } from "../runtime.js";

/** Calls back once, when the run has ended for good: waiting and being paused are no ends. Never when it is let go. */
export async function followEnd(handle: RunHandle, ended: (result: RunResult) => void): Promise<void> {
  for await (const event of handle.events()) {
    const ends = event.type === "run.completed" || event.type === "run.failed" || event.type === "run.closed";
    if (ends && event.run === 0) break;
  }
  if (isOver(handle.status)) ended(await handle.result());
}
