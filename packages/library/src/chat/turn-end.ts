import type { RunHandle } from "@nanobrain/engine";

/** It waits for a person, or somebody paused it. */
export function isOpen({ status }: RunHandle): boolean {
  return status === "waiting" || status === "paused";
}

/** Resolves when something happens in a run. */
export function nextEvent(handle: RunHandle): Promise<void> {
  return new Promise((resolve) => {
    const stop = handle.listen(() => {
      stop();
      resolve();
    });
  });
}
