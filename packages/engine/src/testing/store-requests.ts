import { expect, it } from "vitest";
import type { SteeringRequest } from "../contracts/requests.js";
import type { Store } from "../contracts/store.js";
import { sampleEvents, startRun } from "./sample-run.js";

export function sampleRequest(id: string, changes: Partial<SteeringRequest> = {}): SteeringRequest {
  return { id, runId: "run-1", at: 1_700_000_000_000, by: "a test", action: { type: "pause" }, ...changes };
}

/** Registers the tests of what every Store does with requests. */
export function requestsConformance(store: () => Store, reopen: () => Promise<Store>): void {
  it("requests: what was posted is listed as it was given, oldest first, by run, and survives a reopening", async () => {
    const action = { type: "trigger", name: "now", payload: { text: "ü \u0000 \u2028", list: [1, null] } } as const;
    const [first, second, third] = [
      sampleRequest("r-2", { at: 1, action }),
      sampleRequest("r-1", { at: 2 }),
      sampleRequest("r-3", { at: 2, runId: "run-2" }),
    ] as const;
    for (const one of [third, second, first]) await store().requests.post(one);
    expect(await store().requests.list()).toEqual([first, second, third]);
    expect(await store().requests.list("run-1")).toEqual([first, second]);
    expect(await (await reopen()).requests.list("run-1")).toEqual([first, second]);
    expect(await store().requests.list("run-9")).toEqual([]);
  });

  it("requests: the first answer stands, takes the request off the list, and is gone once forgotten", async () => {
    await store().requests.post(sampleRequest("r-1"));
    expect(await store().requests.answer("r-1")).toBeUndefined();
    await store().requests.settle("r-1", { status: "done", text: "paused" });
    await store().requests.settle("r-1", { status: "nothing", text: "paused already" });
    expect(await store().requests.list()).toEqual([]);
    expect(await (await reopen()).requests.answer("r-1")).toEqual({ status: "done", text: "paused" });
    await store().requests.forget("r-1");
    expect(await store().requests.answer("r-1")).toBeUndefined();
  });

  it("requests: an answer to what was never asked is no answer", async () => {
    await store().requests.settle("r-9", { status: "done", text: "paused" });
    expect(await store().requests.answer("r-9")).toBeUndefined();
  });
  hearing(store);
  holding(store, reopen);
}

function hearing(store: () => Store): void {
  it("requests: a watch hears of a request and of its answer, and of nothing once it is stopped", async () => {
    let heard = 0;
    const stop = store().requests.watch(() => {
      heard += 1;
    });
    await store().requests.post(sampleRequest("r-1"));
    await expect.poll(() => heard, { timeout: 10_000 }).toBeGreaterThan(0);
    stop();
    const before = heard;
    await store().requests.settle("r-1", { status: "done", text: "paused" });
    expect(heard).toBe(before);
    const answered = new Promise<void>((resolve) => {
      const end = store().requests.watch(() => {
        end();
        resolve();
      });
    });
    await store().requests.post(sampleRequest("r-2"));
    await answered;
  });
}

function holding(store: () => Store, reopen: () => Promise<Store>): void {
  it("holds: of a run of this process true, of an unknown one false; a released run can be claimed and written again", async () => {
    await startRun(store(), "run-1");
    expect(await store().holds("run-1")).toBe(true);
    expect(await store().holds("run-9")).toBe(false);
    const again = await reopen();
    expect(await again.claim("run-1")).toMatchObject({ status: "claimed" });
    await again.commit([{ runId: "run-1", events: sampleEvents(3, 1) }]);
    await again.release("run-1");
    await again.release("run-9");
    expect(await again.claim("run-1")).toMatchObject({ status: "claimed" });
    await again.commit([{ runId: "run-1", events: sampleEvents(4, 1) }]);
    expect(await again.events("run-1")).toEqual(sampleEvents(1, 4));
  });
}
