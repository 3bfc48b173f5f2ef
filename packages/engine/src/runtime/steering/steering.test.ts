import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import { openSqliteStore } from "../../adapters/stores/sqlite/sqlite-store.js";
import { defineStep } from "../../components/define-step.js";
import type { Requests, SteeringAction, SteeringRequest } from "../../contracts/requests.js";
import type { Store } from "../../contracts/store.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, Runtime } from "../runtime.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-steering-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "gated.yml");
writeFileSync(file, "name: gated\nsteps:\n  a: { class: Gate }\n  b: { class: Gate, depends_on: [a] }\n");

let open: () => void;
let gate: Promise<void>;
let started = 0;
const gateStep = defineStep({
  class: "Gate",
  version: "1",
  inputs: {},
  outputs: {},
  async run({ signal }) {
    started += 1;
    await Promise.race([gate, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    return {};
  },
});

const opened: Runtime[] = [];
async function runtimeOn(store: Store | string): Promise<Runtime> {
  const runtime = await createRuntime({ steps: [gateStep], store, cache: false });
  opened.push(runtime);
  return runtime;
}

/** A run whose step `a` is under way. */
async function begin(runtime: Runtime): Promise<RunHandle> {
  const run = await runtime.start(await runtime.load(file), {});
  await expect.poll(() => started).toBe(1);
  return run;
}

beforeEach(() => {
  started = 0;
  gate = new Promise((resolve) => {
    open = resolve;
  });
});
afterEach(async () => {
  open();
  for (const runtime of opened.splice(0)) await runtime.close({ drainMs: 0 });
});

function request(runId: string, action: SteeringAction, id = "r-1"): SteeringRequest {
  return { id, runId, at: Date.now(), by: "a test", action };
}

/** The same store, but for some of what it does with requests. */
function withRequests(store: Store, changes: Partial<Requests>): Store {
  const bound = <Thing extends object>(thing: Thing, instead: object): Thing =>
    new Proxy(thing, {
      get: (target, name) => {
        const value: unknown = Reflect.get({ ...instead }, name) ?? Reflect.get(target, name);
        return typeof value === "function" ? (value as () => void).bind(target) : value;
      },
    });
  return bound(store, { requests: bound(store.requests, changes) });
}

const typesOf = async (store: Store, runId: string): Promise<readonly string[]> =>
  (await store.events(runId)).map((event) => event.type);

describe("requests", () => {
  it("of a run that is driven: journaled with the request's id, then answered", async () => {
    const store = openMemoryStore();
    const run = await begin(await runtimeOn(store));
    await store.requests.post(request(run.id, { type: "pause" }));
    await expect.poll(() => store.requests.answer("r-1")).toMatchObject({ status: "done" });
    expect((await store.events(run.id)).filter((event) => event.request === "r-1")).toMatchObject([
      { type: "run.paused", by: "a test" },
    ]);
    expect(await store.requests.list()).toEqual([]);
  });

  it("posted before anybody heard: carried out at the take-over, before anything starts", async () => {
    const store = openMemoryStore();
    const run = await begin(await runtimeOn(store));
    await opened.pop()?.close({ drainMs: 0 });
    await store.requests.post(request(run.id, { type: "cancel", reason: "late" }));
    const again = await runtimeOn(store);
    await expect(again.resume(run.id)).rejects.toMatchObject({ code: "E_RUN_STATE" });
    expect(await store.find(run.id)).toMatchObject({ status: "cancelled" });
    expect(await store.requests.answer("r-1")).toMatchObject({ status: "done" });
    expect(started).toBe(1);
  });

  it("process gone between the journal and the answer: taken in once, and the next process answers", async () => {
    const store = openMemoryStore();
    // The process that drives the run never comes to answering.
    const mute = withRequests(store, { settle: () => new Promise<void>(() => undefined) });
    const first = await runtimeOn(mute);
    const run = await begin(first);
    await store.requests.post(request(run.id, { type: "pause" }));
    await expect.poll(() => typesOf(store, run.id)).toContain("run.paused");
    expect(await store.requests.list()).toHaveLength(1);
    open();
    await run.result();
    const again = await (await runtimeOn(store)).resume(run.id);
    expect(await again.result()).toMatchObject({ status: "completed" });
    expect((await typesOf(store, run.id)).filter((type) => type === "run.paused")).toHaveLength(1);
    expect(await store.requests.answer("r-1")).toMatchObject({ status: "done" });
  });

  it("what is refused: the one who asked gets the error, the journal nothing", async () => {
    const store = openMemoryStore();
    const run = await begin(await runtimeOn(store));
    const before = await typesOf(store, run.id);
    await store.requests.post(request(run.id, { type: "trigger", name: "now" }));
    await expect.poll(() => store.requests.answer("r-1")).toMatchObject({ status: "refused", code: "E_TRIGGER" });
    expect(await typesOf(store, run.id)).toEqual(before);
  });
});

describe("handle of a run that another process drives", () => {
  it("pause, resume, cancel: reach it, and are idempotent", async () => {
    const place = join(folder, "two");
    const driving = await runtimeOn(place);
    const run = await begin(driving);
    const other = await runtimeOn(place);
    const handle = await other.attach(run.name);
    expect(await handle.pause()).toEqual({
      status: "done",
      text: "paused: 1 running attempt finishes, nothing new starts",
      driven: true,
    });
    expect(await handle.pause()).toEqual({ status: "nothing", text: "paused already", driven: true });
    expect(await handle.resume()).toEqual({ status: "done", text: "goes on", driven: true });
    expect(await handle.resume()).toEqual({ status: "nothing", text: "not paused", driven: true });
    expect(await handle.cancel("enough")).toMatchObject({ status: "done", driven: true });
    expect(await run.result()).toMatchObject({ status: "cancelled" });
    await expect(handle.pause()).rejects.toMatchObject({ code: "E_RUN_STATE" });
    await expect(handle.set("topic", 1)).rejects.toMatchObject({ code: "E_RUN_STATE" });
  });

  it("resume of a run that is paused in another process: goes on there, and is followed here", async () => {
    const place = join(folder, "three");
    const driving = await runtimeOn(place);
    const run = await begin(driving);
    await run.pause();
    open();
    await run.result();
    const followed = await (await runtimeOn(place)).resume(run.id);
    expect(await followed.result()).toMatchObject({ status: "completed" });
    expect(started).toBe(2);
  });

  it("run of a process that holds it without driving it: that process writes what is asked", async () => {
    const place = join(folder, "four");
    const driving = await runtimeOn(place);
    const run = await begin(driving);
    const second = await driving.start(await driving.load(file), {});
    await driving.close({ drainMs: 0 });
    const heir = await runtimeOn(place);
    const taken = await heir.resume(run.id);
    const other = await runtimeOn(place);
    const handle = await other.attach(second.id);
    expect(await handle.cancel()).toMatchObject({ status: "done" });
    expect(await other.store.find(second.id)).toMatchObject({ status: "cancelled" });
    open();
    expect(await taken.result()).toMatchObject({ status: "completed" });
  });
});

describe("idle", () => {
  it("a process that hears costs no timer", async () => {
    const store = await openSqliteStore({ folder: join(folder, "five") });
    let heard = 0;
    const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const stop = store.requests.watch(() => {
      heard += 1;
    });
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout")).toHaveLength(timers);
    await store.requests.post(request("run-1", { type: "pause" }));
    await expect.poll(() => heard).toBeGreaterThan(0);
    rmSync(join(folder, "five", "requests"), { recursive: true });
    await expect.poll(() => store.requests.list()).toEqual([]);
    const before = heard;
    await expect
      .poll(async () => {
        await store.requests.post(request("run-1", { type: "pause" }, `r-${heard}`));
        return heard;
      })
      .toBeGreaterThan(before + 1);
    stop();
    await store.close();
  });
});
