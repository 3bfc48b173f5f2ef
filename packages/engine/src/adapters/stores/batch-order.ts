import type { StoreBatch } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

/**
 * Number of the batch's last event; `last` is the run's number before it (and the answer when the batch has no events).
 * Fails with E_INTERNAL when the numbers do not go on from `last` one by one, or the index line is another run's.
 */
export function lastOfBatch(batch: StoreBatch, last: number): number {
  let next = last;
  for (const event of batch.events) {
    next += 1;
    if (event.seq !== next) {
      throw nanobrainError("E_INTERNAL", {
        what: `event ${next} of run ${batch.runId} is expected, ${event.seq} is given`,
      });
    }
  }
  if (batch.record !== undefined && batch.record.id !== batch.runId) {
    throw nanobrainError("E_INTERNAL", {
      what: `the index line of run ${batch.record.id} is given for run ${batch.runId}`,
    });
  }
  return next;
}
