import type { Clock } from "../../contracts/clock.js";
import type { WatchedFile, Watcher } from "../../contracts/watcher.js";

/** A folder that outlives every process. Files lie in it for good. */
export class SimulatedFolder {
  readonly #files = new Map<string, WatchedFile>();
  readonly #watching = new Set<(file: WatchedFile) => void>();

  drop(key: string, at: number): void {
    const file = { path: `inbox/${key}`, sizeBytes: 1, modifiedAt: at, key };
    this.#files.set(key, file);
    for (const tell of this.#watching) tell(file);
  }

  /** As one process sees it. A process that is gone is told nothing: its clock calls back no more. */
  watcherFor(clock: Clock): Watcher {
    return {
      watch: (_folder, _pattern, debounceMs, onFile) => {
        let isOver = false;
        const tell = (file: WatchedFile): void => {
          clock.wake(clock.now() + debounceMs, () => {
            if (!isOver) onFile(file);
          });
        };
        for (const file of this.#files.values()) tell(file);
        this.#watching.add(tell);
        return () => {
          isOver = true;
          this.#watching.delete(tell);
        };
      },
    };
  }
}
