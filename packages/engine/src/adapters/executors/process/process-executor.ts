import type { Blobs } from "../../../contracts/blobs.js";
import type { Executor } from "../../../contracts/executor.js";
import type { StepCodeSpec } from "../../../contracts/step-code.js";
import { type InMemory, laneExecutor } from "../lane-pool.js";
import { ProcessCarrier } from "./process-carrier.js";

export type ProcessExecutorOptions = {
  /** Where each process finds the code of components. */
  readonly code: StepCodeSpec;
  readonly blobs: Blobs;
  /** Processes, at most, that do not wait behind a full queue. They are started when they are needed. */
  readonly lanes: number;
  /** How long code may take to end after its signal has aborted, before its process group is ended; default 200. */
  readonly graceMs?: number;
  /** Memory of attempts that declare none; left out: what Node allows. */
  readonly memoryBytes?: number;
  readonly inMemory?: InMemory;
};

/**
 * Runs attempts in processes of their own, one at a time in each: whatever code does to its process, its memory or its
 * children ends its own attempt only. They share the user's rights on this machine.
 */
export function createProcessExecutor({ code, ...options }: ProcessExecutorOptions): Executor {
  return laneExecutor("process", {
    ...options,
    open: (memoryBytes, events) => new ProcessCarrier(code, memoryBytes, events),
  });
}
