import { describe, expect, it } from "vitest";
import { sampleEvents, startRun } from "../../../testing/sample-run.js";
import { storeConformance } from "../../../testing/store-conformance.js";
import { openMemoryStore } from "./memory-store.js";

storeConformance("memory", async () => {
  const store = openMemoryStore();
  return { store, reopen: async () => store, cleanup: () => store.close() };
});

describe("memory store", () => {
  it("close: what is used afterwards says so", async () => {
    const store = openMemoryStore();
    await startRun(store, "run-1");
    await store.close();
    await expect(store.runs()).rejects.toMatchObject({ code: "E_INTERNAL" });
    expect(() => store.commit([{ runId: "run-1", events: sampleEvents(3, 1) }])).toThrow(/closed/);
  });

  it("commit: a value that is no JSON is refused and nothing of the commit is written", async () => {
    const store = openMemoryStore();
    await startRun(store, "run-1");
    await startRun(store, "run-2");
    const broken = { ...sampleEvents(3, 1)[0], value: { json: 10n } } as unknown as ReturnType<
      typeof sampleEvents
    >[number];
    expect(() =>
      store.commit([
        { runId: "run-1", events: sampleEvents(3, 1) },
        { runId: "run-2", events: [broken] },
      ]),
    ).toThrow();
    expect(await store.events("run-1")).toHaveLength(2);
  });
});
