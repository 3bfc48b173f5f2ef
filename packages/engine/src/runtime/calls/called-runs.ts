import type { RunRecord, Store } from "../../contracts/store.js";
import { callerOf } from "../../host/called-runs.js";

/** Runs that steps of this one have called and that have not ended. Names of called runs begin with their caller's. */
export async function openCalledRuns(store: Store, { id, name }: RunRecord): Promise<readonly RunRecord[]> {
  const named = (await store.runs({ unfinished: true })).filter((run) => run.name.startsWith(`${name}.`));
  const callers = await Promise.all(named.map((run) => callerOf(store, run.id)));
  return named.filter((_, at) => callers[at]?.runId === id);
}
