import type { StoreBatch } from "../../../contracts/store.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { lastOfBatch } from "../batch-order.js";
import { isUnfinished } from "../run-match.js";
import { chainOn } from "./checksum.js";
import type { Head, Link, StoredRun } from "./rows.js";

/** One batch worked out: what the run's rows are before and after it. `before` is absent for a new run. */
export type Change = {
  readonly batch: StoreBatch;
  readonly before: StoredRun | undefined;
  readonly after: StoredRun;
  /** The row of events, when the batch has some, and its text. */
  readonly link: Link;
  readonly body: string | undefined;
  /** The row of `heads` is written too. While a run goes on it may stay behind its events. */
  readonly savesHead: boolean;
  /** Nothing but events is added, to a run that goes on. */
  readonly isPlain: boolean;
};

/** Fails with E_INTERNAL when the batch does not go on from `start`, or is for a run that was not created. */
export function workOut(batch: StoreBatch, before: StoredRun | undefined, start: Head): Change {
  const seq = lastOfBatch(batch, start.seq);
  const body = batch.events.length === 0 ? undefined : JSON.stringify(batch.events);
  const chain = body === undefined ? start.chain : chainOn(start.chain, body);
  const hasLogs = batch.logs !== undefined && batch.logs.length > 0;
  const first = before?.record ?? batch.record;
  if (first === undefined) throw nanobrainError("E_INTERNAL", { what: `run ${batch.runId} was not created` });
  const { workflow, planHash, status, endedAt } = batch.record ?? first;
  const { id, name, createdAt } = first;
  const record = { id, name, workflow, planHash, status, createdAt, endedAt, lastSeq: seq };
  const head = { num: start.num, seq, chain, logs: start.logs + Number(hasLogs) };
  const savesHead = before === undefined || hasLogs || batch.record !== undefined || !isUnfinished(status);
  const isPlain = !savesHead && body !== undefined && batch.plan === undefined && batch.cache === undefined;
  const saved = savesHead || before === undefined ? head : before.saved;
  return {
    batch,
    before,
    after: { head, saved, record },
    link: { first: start.seq + 1, last: seq, chain },
    body,
    savesHead,
    isPlain,
  };
}
