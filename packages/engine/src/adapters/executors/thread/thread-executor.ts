import type { Blobs } from "../../../contracts/blobs.js";
import type { Executor } from "../../../contracts/executor.js";
import type { StepCodeSpec } from "../../../contracts/step-code.js";
import { type InMemory, laneExecutor } from "../lane-pool.js";
import { openThread } from "./thread-carrier.js";

export type ThreadExecutorOptions = {
  /** Where each lane finds the code of components. */
  readonly code: StepCodeSpec;
  readonly blobs: Blobs;
  /** Threads, at most, that do not wait behind a full queue. They are started when they are needed. */
  readonly lanes: number;
  /** How long code may take to end after its signal has aborted; default 200. */
  readonly graceMs?: number;
  readonly inMemory?: InMemory;
};

/**
 * Runs attempts on threads of this process, one at a time on each, so that code that spins, leaks, exits or fails outside
 * its promises ends its own attempt only. Threads are no boundary against hostile code: it shares the process.
 */
export function createThreadExecutor({ code, ...options }: ThreadExecutorOptions): Executor {
  const open = openThread.bind(undefined, code);
  return laneExecutor("thread", { ...options, open, postsAhead: true });
}
