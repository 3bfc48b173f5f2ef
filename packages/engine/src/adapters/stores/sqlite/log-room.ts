import { closeSync, fstatSync, openSync, writeSync } from "node:fs";

/** Bytes of a page in the log, with what stands before it. */
export const framePageBytes = 4096 + 24;
/** A shorter log is not worth it: most runs are small. */
const leastBytes = 64 * 1024;
/** As much again as is used, at most so much at once. */
const mostBytes = 4 * 1024 * 1024;
const marginBytes = 64 * 1024;

const zeros = new Uint8Array(256 * 1024);

/**
 * Room at the end of a journal's log (WAL), written before it is needed: a sync of what lies within a file costs a fraction of one that
 * makes it longer. SQLite reads the log up to the first frame that is not its own, which zeros never are. Only who holds the journal's
 * lock may use it, between two commits. Where there is no room on the disk the log grows as it is written.
 */
export class LogRoom {
  readonly #file: string;
  /** The log is known to be so long. */
  #bytes = 0;

  /** `file`: the journal's. */
  constructor(file: string) {
    this.#file = `${file}-wal`;
  }

  /** About so many bytes of the log are used. */
  keepAhead(usedBytes: number): void {
    if (usedBytes < leastBytes || usedBytes + marginBytes < this.#bytes) return;
    const wantedBytes = usedBytes + Math.min(usedBytes, mostBytes) + marginBytes;
    // Also where it fails: it is not tried again with each commit.
    this.#bytes = wantedBytes;
    try {
      extend(this.#file, wantedBytes);
    } catch {
      // What matters fails with the next commit, and is told then.
    }
  }
}

function extend(file: string, wantedBytes: number): void {
  const handle = openSync(file, "r+");
  try {
    let { size } = fstatSync(handle);
    // An empty log has not begun: its first bytes are SQLite's.
    if (size === 0) return;
    while (size < wantedBytes) size += writeSync(handle, zeros, 0, Math.min(zeros.length, wantedBytes - size), size);
  } finally {
    closeSync(handle);
  }
}
