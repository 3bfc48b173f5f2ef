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
    if (event.seq !== next) throw outOfOrder(batch, next, event.seq);
  }
  if (batch.text !== undefined) {
    if (batch.text.first !== next + 1) throw outOfOrder(batch, next + 1, batch.text.first);
    next = batch.text.last;
  }
  if (batch.record !== undefined && batch.record.id !== batch.runId) {
    throw nanobrainError("E_INTERNAL", {
      what: `the index line of run ${batch.record.id} is given for run ${batch.runId}`,
    });
  }
  return next;
}

function outOfOrder({ runId }: StoreBatch, expected: number, given: number): Error {
  return nanobrainError("E_INTERNAL", { what: `event ${expected} of run ${runId} is expected, ${given} is given` });
}
