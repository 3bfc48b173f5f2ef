import type { Json } from "../contracts/json.js";
import { type Amounts, plus } from "../contracts/spending.js";
import type { RunRecord, Store } from "../contracts/store.js";
import type { RunTree } from "../kernel/state.js";

/** The run whose step called another, and which run of its tree that step is of. */
export type Calling = { readonly runId: string; readonly within: number };

/** Who called a run. Undefined: nobody did. */
export async function callerOf(store: Store, runId: string): Promise<Calling | undefined> {
  const [created] = await store.events(runId, 0, 1);
  const caller: Json | undefined = created?.type === "run.created" ? created.options["caller"] : undefined;
  if (typeof caller !== "object" || caller === null) return undefined;
  const { run, within } = caller as { readonly run?: Json; readonly within?: Json };
  return typeof run === "string" ? { runId: run, within: typeof within === "number" ? within : 0 } : undefined;
}

export type CalledRun = Calling & { readonly spent: Amounts };

/** Runs that the steps of a run have called, each with what it used up, those that it called itself included. */
export async function spentByCalled(store: Store, tree: RunTree): Promise<readonly CalledRun[]> {
  const records = (await store.runs()).filter(({ name }) => name.startsWith(`${tree.name}.`));
  const found = new Map<string, { readonly calling: Calling; readonly spent: Amounts }>();
  for (const record of records) {
    const calling = await callerOf(store, record.id);
    if (calling !== undefined) found.set(record.id, { calling, spent: await spentOf(store, record) });
  }
  const total = (runId: string): Amounts =>
    [...found].reduce(
      (sum, [id, { calling }]) => (calling.runId === runId ? plus(sum, total(id)) : sum),
      found.get(runId)?.spent ?? {},
    );
  return [...found].flatMap(([runId, { calling }]) =>
    calling.runId === tree.id ? [{ runId, within: calling.within, spent: total(runId) }] : [],
  );
}

const PAGE = 5000;

async function spentOf(store: Store, { id }: RunRecord): Promise<Amounts> {
  let sum: Amounts = {};
  for (let after = 0; ; after += PAGE) {
    const events = await store.events(id, after, PAGE);
    for (const event of events)
      if (event.type === "effect.recorded" && event.call !== undefined) sum = plus(sum, event.call.spent);
    if (events.length < PAGE) return sum;
  }
}
