import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CacheEntry, LogEntry, RunRecord, Store } from "../contracts/store.js";
import { sampleEvents, samplePlan, sampleRecord, startRun } from "./sample-run.js";
import { removalConformance } from "./store-removal.js";
import { requestsConformance } from "./store-requests.js";

/** A store to try. `reopen` answers a second opening of the same place, after the first was closed where that ends it. */
export type StoreUnderTest = {
  readonly store: Store;
  reopen(): Promise<Store>;
  cleanup(): Promise<void>;
};

/** Registers the tests that every Store passes. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} store`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.cleanup());
    const current = (): Store => store;
    const reopen = async (): Promise<Store> => {
      store = await subject.reopen();
      return store;
    };
    creating(current);
    committing(current);
    committingValues(current);
    readingEvents(current);
    listing(current);
    plansLogsAndCache(current);
    owning(current, reopen);
    requestsConformance(current, reopen);
    removalConformance(current, reopen);
  });
}

function creating(store: () => Store): void {
  it("create: record, events and plan are read back as they were given", async () => {
    const record = sampleRecord("run-1");
    await store().create({ runId: "run-1", record, plan: samplePlan, events: sampleEvents(1, 3) });
    expect(await store().find("run-1")).toEqual({ ...record, lastSeq: 3 });
    expect(await store().events("run-1")).toEqual(sampleEvents(1, 3));
    expect(await store().plan(samplePlan.hash)).toEqual(samplePlan);
  });

  it("create: a taken id or name is refused with E_RUN_EXISTS and changes nothing", async () => {
    await startRun(store(), "run-1", { name: "brave-franklin" });
    const sameId = async () => startRun(store(), "run-1", { name: "other-name" });
    const sameName = async () => startRun(store(), "run-2", { name: "brave-franklin" });
    await expect(sameId()).rejects.toMatchObject({ code: "E_RUN_EXISTS" });
    await expect(sameName()).rejects.toMatchObject({ code: "E_RUN_EXISTS" });
    expect(await store().runs()).toHaveLength(1);
    expect(await store().events("run-2")).toEqual([]);
  });

  it("create: numbers that do not begin at 1 are refused and leave no run", async () => {
    const record = sampleRecord("run-1");
    const late = async () => store().create({ runId: "run-1", record, plan: samplePlan, events: sampleEvents(2, 2) });
    await expect(late()).rejects.toMatchObject({ code: "E_INTERNAL" });
    expect(await store().runs()).toEqual([]);
  });

  it("create: callers cannot change what is stored", async () => {
    const events = sampleEvents(1, 2);
    await startRun(store(), "run-1", { events });
    Object.assign(events[0] as object, { type: "spoiled" });
    Object.assign((await store().events("run-1"))[1] as object, { type: "spoiled" });
    Object.assign((await store().plan(samplePlan.hash)) as object, { name: "spoiled" });
    Object.assign((await store().find("run-1")) as object, { status: "spoiled" });
    expect(await store().events("run-1")).toEqual(sampleEvents(1, 2));
    expect(await store().plan(samplePlan.hash)).toEqual(samplePlan);
    expect((await store().find("run-1"))?.status).toBe("running");
  });
}

function committing(store: () => Store): void {
  it("commit: batches of several runs, and several of one run, are written at once", async () => {
    await startRun(store(), "run-1");
    await startRun(store(), "run-2");
    await store().commit([
      { runId: "run-1", events: sampleEvents(3, 1) },
      { runId: "run-2", events: sampleEvents(3, 4) },
      { runId: "run-1", events: sampleEvents(4, 2) },
    ]);
    expect(await store().events("run-1")).toEqual(sampleEvents(1, 5));
    expect(await store().events("run-2")).toEqual(sampleEvents(1, 6));
    expect((await store().find("run-1"))?.lastSeq).toBe(5);
  });

  it.each([
    ["a gap", 4],
    ["a repetition", 2],
    ["a start over", 1],
  ])(
    "commit: %s in the numbers is refused with E_INTERNAL and nothing of the commit is written",
    async (_name, from) => {
      await startRun(store(), "run-1");
      await startRun(store(), "run-2");
      const wrong = async () =>
        store().commit([
          { runId: "run-1", events: sampleEvents(3, 1), record: sampleRecord("run-1", { status: "completed" }) },
          { runId: "run-2", events: sampleEvents(from, 2) },
        ]);
      await expect(wrong()).rejects.toMatchObject({ code: "E_INTERNAL" });
      expect(await store().events("run-1")).toEqual(sampleEvents(1, 2));
      expect(await store().events("run-2")).toEqual(sampleEvents(1, 2));
      expect(await store().find("run-1")).toMatchObject({ status: "running", lastSeq: 2 });
    },
  );

  it("commit: a run nobody created is refused and nothing is written", async () => {
    await startRun(store(), "run-1");
    const unknown = async () =>
      store().commit([
        { runId: "run-1", events: sampleEvents(3, 1) },
        { runId: "run-9", events: sampleEvents(1, 1) },
      ]);
    await expect(unknown()).rejects.toMatchObject({ name: "NanobrainError" });
    expect(await store().events("run-1")).toHaveLength(2);
  });
}

function committingValues(store: () => Store): void {
  it("commit: the index line changes with the record; id, name and time of creation stay", async () => {
    await startRun(store(), "run-1", { name: "brave-franklin" });
    const record = sampleRecord("run-1", { name: "renamed", status: "failed", endedAt: 99, createdAt: 5, lastSeq: 77 });
    await store().commit([{ runId: "run-1", events: sampleEvents(3, 1), record }]);
    await store().commit([{ runId: "run-1", events: sampleEvents(4, 1) }]);
    const found = await store().find("run-1");
    expect(found).toEqual({
      ...sampleRecord("run-1"),
      name: "brave-franklin",
      status: "failed",
      endedAt: 99,
      lastSeq: 4,
    });
  });

  it("commit: values keep their shape, whatever is in them", async () => {
    await startRun(store(), "run-1");
    let seq = 2;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        seq += 1;
        const json = JSON.parse(JSON.stringify(value));
        const event = { ...sampleEvents(seq, 1)[0], value: { json } } as ReturnType<typeof sampleEvents>[number];
        await store().commit([{ runId: "run-1", events: [event] }]);
        expect(await store().events("run-1", seq - 1)).toEqual([event]);
      }),
      { numRuns: 50 },
    );
  });
}

function readingEvents(store: () => Store): void {
  it("events: any cut of the list, however it was committed, is the same cut of one list", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 8 }),
        fc.nat(40),
        fc.nat(40),
        async (sizes, after, limit) => {
          run += 1;
          const runId = `run-${run}`;
          await startRun(store(), runId, { events: sampleEvents(1, 1) });
          let total = 1;
          for (const size of sizes) {
            await store().commit([{ runId, events: sampleEvents(total + 1, size) }]);
            total += size;
          }
          const all = sampleEvents(1, total);
          expect(await store().events(runId)).toEqual(all);
          expect(await store().events(runId, after)).toEqual(all.slice(after));
          expect(await store().events(runId, after, limit)).toEqual(all.slice(after, after + limit));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("events: an unknown run has none", async () => {
    expect(await store().events("run-9")).toEqual([]);
  });
}

function listing(store: () => Store): void {
  const end = async (runId: string, status: RunRecord["status"], at: number): Promise<void> => {
    const record = sampleRecord(runId, { status, endedAt: at });
    await store().commit([{ runId, events: sampleEvents(3, 1), record }]);
  };

  it("runs: newest first, filtered by state and workflow, at most as many as asked for", async () => {
    await startRun(store(), "run-1", { createdAt: 10 });
    await startRun(store(), "run-2", { createdAt: 20, workflow: "other" });
    await startRun(store(), "run-3", { createdAt: 30 });
    await startRun(store(), "run-4", { createdAt: 40 });
    await end("run-3", "completed", 50);
    const ids = async (filter?: Parameters<Store["runs"]>[0]) => (await store().runs(filter)).map((run) => run.id);
    expect(await ids()).toEqual(["run-4", "run-3", "run-2", "run-1"]);
    expect(await ids({ limit: 2 })).toEqual(["run-4", "run-3"]);
    expect(await ids({ unfinished: true })).toEqual(["run-4", "run-2", "run-1"]);
    expect(await ids({ workflow: "other" })).toEqual(["run-2"]);
    expect(await ids({ unfinished: true, workflow: "sample", limit: 1 })).toEqual(["run-4"]);
  });

  it.each(["pending", "running", "waiting", "paused"] as const)(
    "runs: %s is unfinished, also after an end",
    async (status) => {
      await startRun(store(), "run-1");
      await end("run-1", "failed", 50);
      expect(await store().runs({ unfinished: true })).toEqual([]);
      await store().commit([{ runId: "run-1", events: [], record: sampleRecord("run-1", { status }) }]);
      expect(await store().runs({ unfinished: true })).toMatchObject([{ id: "run-1", status }]);
    },
  );

  it("find: by id, by name, by a prefix that fits one run only", async () => {
    await startRun(store(), "0abc1", { name: "brave-franklin" });
    await startRun(store(), "0abd2", { name: "calm-curie" });
    await startRun(store(), "brave", { name: "0ab" });
    const found = async (text: string) => (await store().find(text))?.id;
    expect(await found("0abc1")).toBe("0abc1");
    expect(await found("calm-curie")).toBe("0abd2");
    expect(await found("0abc")).toBe("0abc1");
    expect(await found("calm")).toBe("0abd2");
    expect(await found("brave")).toBe("brave");
    expect(await found("0ab")).toBe("brave");
    expect(await found("0a")).toBeUndefined();
    expect(await found("b")).toBeUndefined();
    expect(await found("")).toBeUndefined();
    expect(await found("%")).toBeUndefined();
    expect(await found("nobody")).toBeUndefined();
  });
}

const logEntry = (text: string, step: string): LogEntry => ({ runId: "run-1", at: 5, level: "info", step, text });
const cacheEntry = (key: string, place: string, at: number): CacheEntry => ({
  key,
  place,
  parts: { inputs: key },
  runId: "run-1",
  outputs: { result: { json: at } },
  at,
});

function plansLogsAndCache(store: () => Store): void {
  it("plan: a later batch may bring another one; an unknown hash has none", async () => {
    await startRun(store(), "run-1");
    const other = { ...samplePlan, hash: "other", name: "Other" };
    await store().commit([{ runId: "run-1", events: [], plan: other }]);
    expect(await store().plan("other")).toEqual(other);
    expect(await store().plan(samplePlan.hash)).toEqual(samplePlan);
    expect(await store().plan("missing")).toBeUndefined();
  });

  it("logs: in order, of one step if asked, the last ones if limited", async () => {
    await startRun(store(), "run-1");
    await startRun(store(), "run-2");
    await store().commit([{ runId: "run-1", events: [], logs: [logEntry("one", "a"), logEntry("two", "b")] }]);
    await store().commit([{ runId: "run-1", events: sampleEvents(3, 1), logs: [logEntry("three", "a")] }]);
    const texts = async (filter?: Parameters<Store["logs"]>[1]) =>
      (await store().logs("run-1", filter)).map((log) => log.text);
    expect(await store().logs("run-1")).toEqual([logEntry("one", "a"), logEntry("two", "b"), logEntry("three", "a")]);
    expect(await texts({ step: "a" })).toEqual(["one", "three"]);
    expect(await texts({ limit: 2 })).toEqual(["two", "three"]);
    expect(await texts({ step: "a", limit: 1 })).toEqual(["three"]);
    expect(await store().logs("run-2")).toEqual([]);
    expect(await store().logs("run-9")).toEqual([]);
  });

  it("cache: the last entry of a key, and the newest of a place", async () => {
    await startRun(store(), "run-1");
    await store().commit([
      { runId: "run-1", events: [], cache: [cacheEntry("k1", "w/a", 1), cacheEntry("k2", "w/a", 2)] },
    ]);
    expect(await store().cached("k1")).toEqual(cacheEntry("k1", "w/a", 1));
    expect(await store().lastCached("w/a")).toEqual(cacheEntry("k2", "w/a", 2));
    await store().commit([{ runId: "run-1", events: [], cache: [cacheEntry("k1", "w/a", 3)] }]);
    expect(await store().cached("k1")).toEqual(cacheEntry("k1", "w/a", 3));
    expect(await store().lastCached("w/a")).toEqual(cacheEntry("k1", "w/a", 3));
    expect(await store().cached("k9")).toBeUndefined();
    expect(await store().lastCached("w/b")).toBeUndefined();
  });
}

function owning(store: () => Store, reopen: () => Promise<Store>): void {
  it("claim: a run of this process is claimed, an unknown one is unknown; the holder is this process", async () => {
    await startRun(store(), "run-1");
    const claim = await store().claim("run-1");
    expect(claim).toMatchObject({ status: "claimed" });
    expect(await store().claim("run-9")).toEqual({ status: "unknown" });
    expect(await store().holder("run-1")).toMatchObject({ pid: process.pid });
    expect(await store().holder("run-9")).toBeUndefined();
    if (claim.status === "claimed") expect((await store().holder("run-1"))?.epoch).toBe(claim.epoch);
  });

  it("reopening: everything is there, and a claimed run goes on where it was", async () => {
    await startRun(store(), "run-1");
    await store().commit([
      { runId: "run-1", events: sampleEvents(3, 2), logs: [logEntry("one", "a")], cache: [cacheEntry("k1", "w/a", 1)] },
    ]);
    const before = await store().find("run-1");
    const again = await reopen();
    expect(await again.find("run-1")).toEqual(before);
    expect(await again.runs({ unfinished: true })).toEqual([before]);
    expect(await again.plan(samplePlan.hash)).toEqual(samplePlan);
    expect(await again.logs("run-1")).toEqual([logEntry("one", "a")]);
    expect(await again.cached("k1")).toEqual(cacheEntry("k1", "w/a", 1));
    expect(await again.claim("run-1")).toMatchObject({ status: "claimed" });
    await again.commit([{ runId: "run-1", events: sampleEvents(5, 1), logs: [logEntry("two", "a")] }]);
    expect(await again.events("run-1")).toEqual(sampleEvents(1, 5));
    expect(await again.logs("run-1")).toHaveLength(2);
  });
}
