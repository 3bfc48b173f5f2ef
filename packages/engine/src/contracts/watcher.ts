/** A file that lies complete in a watched folder. */
export type WatchedFile = {
  /** Relative to the project folder, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Epoch ms. */
  readonly modifiedAt: number;
  /** The same for the same file with the same size and time of change, and for no other. */
  readonly key: string;
};

/** Tells of files that appear in a folder, without looking at it while nothing happens there. */
export interface Watcher {
  /**
   * Tells each file whose name fits the pattern (`*`, `?`, `[a-z]`, `{csv,tsv}`): those that lie there, then those that come
   * or change, once their size and time of change stood still for `debounceMs`. The same content may be told again after a
   * restart: `key` says that it is the same. `folder` is relative to the project folder; if it is not there, its coming
   * is waited for. Links that lead out of the allowed roots are passed over.
   *
   * `onProblem` is told when the folder cannot be watched; then nothing is watched any more, until watch is called anew. Neither is
   * called after the way to stop, which is what comes back, was used.
   */
  watch(
    folder: string,
    pattern: string,
    debounceMs: number,
    onFile: (file: WatchedFile) => void,
    onProblem: (problem: Error) => void,
  ): () => void;
}
