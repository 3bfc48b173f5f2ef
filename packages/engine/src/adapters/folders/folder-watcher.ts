import { watch as watchFolder } from "node:fs";
import type { Clock } from "../../contracts/clock.js";
import type { Watcher } from "../../contracts/watcher.js";
import { FolderWatch } from "./folder-watch.js";

/** Absolute: the folder that paths are relative to, and those outside it that the caller allowed. */
export type WatchedFolders = { readonly project: string; readonly roots: readonly string[] };

/**
 * Watches folders by the notices of the file system: while nothing happens in them, nothing is looked at and no timer is
 * set. `notices`: how changes are heard of; default: the platform's own.
 */
export function folderWatcher(
  { project, roots }: WatchedFolders,
  clock: Clock,
  notices: typeof watchFolder = watchFolder,
): Watcher {
  return {
    watch(folder, pattern, debounceMs, onFile, onProblem) {
      const said = { folder, pattern, debounceMs, onFile, onProblem };
      const watch = new FolderWatch({ project, roots, clock, notices, ...said });
      watch.start();
      return () => watch.stop();
    },
  };
}
