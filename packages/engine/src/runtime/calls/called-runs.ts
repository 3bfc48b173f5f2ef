import type { RunRecord, Store } from "../../contracts/store.js";

/** Runs that steps of this one have called and that have not ended. Names of called runs begin with their caller's. */
export async function openCalledRuns(store: Store, { id, name }: RunRecord): Promise<readonly RunRecord[]> {
  const named = (await store.runs({ unfinished: true })).filter((run) => run.name.startsWith(`${name}.`));
  const called: RunRecord[] = [];
  for (const run of named) {
    const [created] = await store.events(run.id, 0, 1);
    const caller = created?.type === "run.created" ? created.options["caller"] : undefined;
    if (typeof caller === "object" && caller !== null && "run" in caller && caller["run"] === id) called.push(run);
  }
  return called;
}
