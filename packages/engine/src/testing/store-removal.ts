import { expect, it } from "vitest";
import type { CacheEntry, KeptText, Store } from "../contracts/store.js";
import { sampleEvents, samplePlan, startRun } from "./sample-run.js";

const cached = (key: string, runId: string): CacheEntry => ({
  key,
  parts: {},
  place: "w/a",
  runId,
  outputs: { out: { json: key } },
  at: 1,
});

async function endedRun(store: Store, id: string): Promise<void> {
  await startRun(store, id, { status: "completed", endedAt: 2 });
  await store.commit([{ runId: id, events: [], cache: [cached(`key-${id}`, id)] }]);
}

/** Registers the tests of how every Store shows and removes what it keeps. */
export function removalConformance(store: () => Store, reopen: () => Promise<Store>): void {
  const kept = async (): Promise<readonly KeptText[]> => {
    const found: KeptText[] = [];
    await store().scan((one) => found.push(one));
    return found;
  };

  it("scan: shows the events of each run, each plan and each cache entry once", async () => {
    await endedRun(store(), "run-1");
    await endedRun(store(), "run-2");
    const found = await kept();
    const events = found.flatMap((one) => (one.kind === "events" ? [[one.runId, JSON.parse(one.text)]] : []));
    expect(events.sort()).toEqual([
      ["run-1", sampleEvents(1, 2)],
      ["run-2", sampleEvents(1, 2)],
    ]);
    const plans = found.flatMap((one) => (one.kind === "plan" ? [JSON.parse(one.text)] : []));
    expect(plans).toEqual([samplePlan]);
    const keys = found.flatMap((one) => (one.kind === "cache" ? [[one.key, one.runId]] : []));
    expect(keys.sort()).toEqual([
      ["key-run-1", "run-1"],
      ["key-run-2", "run-2"],
    ]);
  });

  it("remove: the runs and entries are gone, the others whole, also after a reopening; the names are free", async () => {
    await endedRun(store(), "run-1");
    await endedRun(store(), "run-2");
    await startRun(store(), "run-3");
    expect((await store().remove(["run-1", "run-9"], ["key-run-1", "key-9"])).held).toEqual([]);
    expect(await (await reopen()).find("run-1")).toBeUndefined();
    expect((await store().runs()).map((run) => run.id).sort()).toEqual(["run-2", "run-3"]);
    expect(await store().cached("key-run-1")).toBeUndefined();
    expect(await store().cached("key-run-2")).toMatchObject({ runId: "run-2" });
    expect(await store().events("run-2")).toEqual(sampleEvents(1, 2));
    expect(await store().plan(samplePlan.hash)).toEqual(samplePlan);
    await startRun(store(), "run-1");
    expect(await store().events("run-1")).toEqual(sampleEvents(1, 2));
  });

  it("remove: a plan goes with its last run, and comes back with the next", async () => {
    await endedRun(store(), "run-1");
    await store().remove(["run-1"], []);
    expect(await store().plan(samplePlan.hash)).toBeUndefined();
    await startRun(store(), "run-2");
    expect(await (await reopen()).plan(samplePlan.hash)).toEqual(samplePlan);
  });

  it("remove: a run that has not ended is refused, and nothing is removed", async () => {
    await endedRun(store(), "run-1");
    await startRun(store(), "run-2");
    await expect(store().remove(["run-1", "run-2"], [])).rejects.toMatchObject({ code: "E_INTERNAL" });
    expect(await store().events("run-2")).toEqual(sampleEvents(1, 2));
    await store().commit([{ runId: "run-2", events: sampleEvents(3, 1) }]);
  });
}
