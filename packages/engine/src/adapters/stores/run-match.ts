import type { RunRecord, RunStatus } from "../../contracts/store.js";
import { type NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";

export type RunFilter = { readonly unfinished?: boolean; readonly limit?: number; readonly workflow?: string };

const ended: readonly RunStatus[] = ["completed", "failed", "cancelled"];

export function isUnfinished(status: RunStatus): boolean {
  return !ended.includes(status);
}

/** Who asks for the removal of a run looks first whether it has ended. */
export function unfinishedRun(runId: string): NanobrainError {
  return nanobrainError("E_INTERNAL", { what: `run ${runId} is to be removed and has not ended` });
}

/** Newest first. Runs created in the same millisecond keep the order they are given in. */
export function newestFirst(records: RunRecord[], limit: number | undefined): RunRecord[] {
  records.sort((a, b) => b.createdAt - a.createdAt);
  return limit === undefined ? records : records.slice(0, Math.max(0, limit));
}

/** The run of that id, else of that name, else the only one whose id or name starts so. */
export function pickRun(candidates: readonly RunRecord[], idOrName: string): RunRecord | undefined {
  if (idOrName === "") return undefined;
  const exact = candidates.find((run) => run.id === idOrName) ?? candidates.find((run) => run.name === idOrName);
  if (exact !== undefined) return exact;
  const [first, second] = candidates.filter((run) => run.id.startsWith(idOrName) || run.name.startsWith(idOrName));
  return second === undefined ? first : undefined;
}

/** The last `limit` of a list in order. */
export function tail<Item>(items: readonly Item[], limit: number | undefined): readonly Item[] {
  return limit === undefined ? items : items.slice(Math.max(0, items.length - Math.max(0, limit)));
}
