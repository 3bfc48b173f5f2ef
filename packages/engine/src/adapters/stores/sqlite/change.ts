import type { RunRecord, StoreBatch } from "../../../contracts/store.js";
import type { Plan } from "../../../plan/plan.js";
import { lastOfBatch } from "../batch-order.js";
import { isUnfinished } from "../run-match.js";
import { chainOn } from "./checksum.js";
import type { Head, Link, StoredRun } from "./rows.js";

export type NewRun = StoreBatch & { readonly record: RunRecord; readonly plan: Plan };

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

/** Fails with E_INTERNAL when the batch does not go on from `start`. */
export function workOut(batch: NewRun, before: undefined, start: Head): Change;
export function workOut(batch: StoreBatch, before: StoredRun, start: Head): Change;
export function workOut(batch: StoreBatch, before: StoredRun | undefined, start: Head): Change {
  const seq = lastOfBatch(batch, start.seq);
  const body = bodyOf(batch);
  const chain = body === undefined ? start.chain : chainOn(start.chain, body);
  const hasLogs = batch.logs !== undefined && batch.logs.length > 0;
  const first = before?.record ?? (batch.record as RunRecord);
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

/** The text of the batch's row of events; undefined: it adds none. */
export function bodyOf({ events, text }: StoreBatch): string | undefined {
  return text === undefined && events.length > 0 ? JSON.stringify(events) : text?.list;
}
