import type { RunRecord } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Driver } from "../../host/driver.js";
import type { Beginning } from "../../host/open-run.js";
import type { HostParts } from "../../host/parts.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import { allEvents, isOver } from "../run-handle.js";
import type { ForkedRun, Loaded, RunHandle } from "../runtime.js";
import type { LazySteering } from "../steering/lazy-steering.js";
import { prepareFork } from "./prepare-fork.js";

/** What forking takes of the runtime. */
export type ForkParts = {
  readonly parts: HostParts;
  readonly steering: LazySteering;
  isDriven(runId: string): boolean;
  settingsOf(record: RunRecord, project?: string): Promise<RunSettings>;
  create(
    plan: Plan,
    settings: RunSettings,
    phases: Loaded["phases"],
    beginning: (created: Beginning["created"]) => Beginning,
  ): Promise<Driver>;
  drive(driver: Driver): Promise<RunHandle>;
};

export type Found = { readonly record: RunRecord; readonly plan: Plan };

/** A new run that begins with what of another one need not run again from `from` on. */
export async function forkFrom(
  it: ForkParts,
  found: Found,
  from: string,
  loaded: Loaded | undefined,
): Promise<ForkedRun> {
  return begin(it, found, from, loaded, async () => undefined);
}

/** The same for what has changed or not ended; what is unfinished goes on in the fork alone. */
export async function forkUpdated(it: ForkParts, found: Found, loaded: Loaded): Promise<ForkedRun> {
  const { record } = found;
  const { store } = it.parts;
  if (isOver(record.status)) return begin(it, found, undefined, loaded, async () => undefined);
  const claim = await store.claim(record.id);
  if (claim.status === "held")
    throw nanobrainError("E_RUN_HELD", { run: record.name, pid: claim.holder.pid, host: claim.holder.host });
  try {
    await it.steering.settleOpen(record);
    return await begin(it, found, undefined, loaded, (driver) => supersede(it, record, driver));
  } catch (error) {
    if (!it.isDriven(record.id)) await store.release(record.id);
    throw error;
  }
}

async function supersede({ parts, steering }: ForkParts, record: RunRecord, { tree }: Driver): Promise<void> {
  if (isOver((await parts.store.find(record.id))?.status ?? "completed")) return;
  const reason = `goes on as ${tree.name} with the document as it is now`;
  await steering.steer(record, { action: { type: "cancel", reason }, by: `process ${process.pid}` });
}

/** `before`: done once the fork is on disk and before anything of it starts. */
async function begin(
  it: ForkParts,
  { record, plan }: Found,
  from: string | undefined,
  loaded: Loaded | undefined,
  before: (driver: Driver) => Promise<void>,
): Promise<ForkedRun> {
  const now = loaded?.plan ?? plan;
  const settings = { ...(await it.settingsOf(record, loaded?.project)), fresh: from };
  const source = { id: record.id, plan, events: await allEvents(it.parts, record.id) };
  const { fork, inputs } = await prepareFork(it.parts, settings, source, now, from);
  const driver = await it.create(now, settings, loaded?.phases ?? {}, (created) => ({
    created: { ...created, forked: { from: record.id, step: from ?? "" } },
    inputs,
    reused: fork.events,
  }));
  await before(driver);
  return Object.assign(await it.drive(driver), { shared: fork.shared, again: fork.again });
}
