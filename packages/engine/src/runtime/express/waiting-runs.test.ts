import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineStep } from "../../components/define-step.js";
import type { Json } from "../../contracts/json.js";
import { buildPlan } from "../../testing/plan-builder.js";
import { checkJournal } from "../../testing/simulator/journal-rules.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, Runtime } from "../runtime.js";
import type { ExpressHandle } from "./express-handle.js";

const plan = buildPlan({
  name: "pair",
  inputs: { start: {} },
  steps: { a: {}, b: {} },
  outputs: { end: { optional: true } },
  links: ["start -> a.in", "a.out -> b.in", "b.out -> end"],
});
const loaded = { plan, diagnostics: [], project: process.cwd(), phases: {}, compiled: false };

type Code = (start: Json, step: string) => Promise<unknown> | undefined;

function open(store: string, lanes: number, code: Code): Promise<Runtime> {
  const step = (name: string) =>
    defineStep({
      class: `built.${name}`,
      version: "1",
      run: async ({ inputs }) => {
        await code((inputs as { readonly in: Json }).in, name);
        return { out: (inputs as { readonly in: Json }).in };
      },
    });
  return createRuntime({ store, pools: { "lanes:local": lanes }, steps: [step("a"), step("b")] });
}

/** Code of the run that is given 0 waits until it is opened. */
function gate(): { readonly code: Code; open(): void; readonly calls: string[] } {
  let release = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    release = resolve;
  });
  const calls: string[] = [];
  return {
    code: (start, step) => {
      calls.push(`${String(start)} ${step}`);
      return start === 0 ? passed : undefined;
    },
    open: () => release(),
    calls,
  };
}

const startAll = (runtime: Runtime, starts: readonly number[]): Promise<RunHandle[]> =>
  Promise.all(starts.map((start) => runtime.start(loaded, { start })));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isHandedOver = (handle: RunHandle): boolean => (handle as ExpressHandle).isHandedOver;
const statuses = (handles: readonly RunHandle[]): Promise<string[]> =>
  Promise.all(handles.map(async (handle) => (await handle.result()).status));

/** The one place is taken by the run that was given 0; the others stand in line. */
async function inLine(runtime: Runtime, calls: readonly string[], count: number): Promise<RunHandle[]> {
  const handles = await startAll(runtime, [...Array(count).keys()]);
  while (calls.length === 0) await turn();
  for (let i = 0; i < 5; i++) await turn();
  expect(calls).toEqual(["0 a"]);
  return handles;
}

async function expectSound(runtime: Runtime, handles: readonly RunHandle[]): Promise<void> {
  for (const { id } of handles) {
    const events = await runtime.store.events(id);
    expect({ id, faults: checkJournal(plan, events).faults }).toEqual({ id, faults: [] });
  }
}

let folder = "";
let store = "memory";

describe.each(["memory", "disk"])("runs that wait for a place, in %s", (place) => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nanobrain-waiting-"));
    store = place === "disk" ? join(folder, "store") : "memory";
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("more runs than places: begin in order of arrival, none has a driver, no place is left over", async () => {
    const { code, open: go, calls } = gate();
    const runtime = await open(store, 1, code);
    const handles = await inLine(runtime, calls, 12);
    expect(handles.map(({ status }) => status)).toEqual(handles.map(() => "running"));
    expect(await runtime.store.runs({ unfinished: true })).toHaveLength(12);
    expect((await runtime.look((handles[11] as RunHandle).id)).summary).toMatchObject({ status: "running" });
    go();
    expect(await statuses(handles)).toEqual(handles.map(() => "completed"));
    const first = calls.filter((call) => call.endsWith("a"));
    // Whom somebody looked at has a driver, and stands at the end of the line.
    expect(first).toEqual([...Array(12).keys()].map((start) => `${start} a`));
    expect(handles.map(isHandedOver)).toEqual(handles.map((_, at) => at === 11));
    await expectSound(runtime, handles);
    expect(runtime.underWay()).toBe(0);
    const [last] = await startAll(runtime, [13]);
    expect(await last?.result()).toMatchObject({ status: "completed", outputs: { end: 13 } });
    await runtime.close();
  });

  it("cancel, pause and resume, and listening, while others go on", async () => {
    const { code, open: go, calls } = gate();
    const runtime = await open(store, 1, code);
    const handles = await inLine(runtime, calls, 7);
    const [, cancelled, paused, heard, asked] = handles as [RunHandle, RunHandle, RunHandle, RunHandle, RunHandle];
    const seen: number[] = [];
    heard.listen(({ seq }) => seen.push(seq));
    expect(await cancelled.cancel("enough")).toMatchObject({ status: "done" });
    expect(await cancelled.result()).toMatchObject({ status: "cancelled" });
    expect(await paused.pause()).toMatchObject({ status: "done" });
    const attached = await runtime.attach(asked.name);
    expect(attached.status).toBe("running");
    go();
    const others = handles.filter((handle) => handle !== cancelled && handle !== paused);
    expect(await statuses(others)).toEqual(others.map(() => "completed"));
    expect(calls).not.toContain("1 a");
    expect(calls).not.toContain("2 a");
    await paused.resume();
    await expect.poll(async () => (await paused.result()).status).toBe("completed");
    expect(calls.toSorted()).toEqual([0, 2, 3, 4, 5, 6].flatMap((start) => [`${start} a`, `${start} b`]));
    const events = await runtime.store.events(heard.id);
    expect(seen).toEqual(events.map(({ seq }) => seq).slice(-seen.length));
    expect(handles.slice(5).map(isHandedOver)).toEqual([false, false]);
    await expectSound(runtime, handles);
    await runtime.close();
  });

  it("fairness: a long run goes to the end of the line after a while", async () => {
    const order: string[] = [];
    const busyMs = (start: Json): number => (start === 0 ? 150 : 0);
    const runtime = await open(store, 1, async (start, step) => {
      await turn();
      for (const until = performance.now() + busyMs(start); performance.now() < until; );
      order.push(`${String(start)} ${step}`);
    });
    const handles = await startAll(runtime, [0, 1, 2]);
    expect(await statuses(handles)).toEqual(handles.map(() => "completed"));
    expect(order).toEqual(["0 a", "1 a", "1 b", "2 a", "2 b", "0 b"]);
    expect(handles.map(isHandedOver)).toEqual([false, false, false]);
    await expectSound(runtime, handles);
    await runtime.close();
  });

  it("drivers and runs without one stand in one line", async () => {
    const { code, open: go, calls } = gate();
    const runtime = await open(store, 1, code);
    const handles = await inLine(runtime, calls, 40);
    for (const handle of handles.slice(10, 20)) handle.listen(() => undefined);
    go();
    expect(await statuses(handles)).toEqual(handles.map(() => "completed"));
    expect(calls).toHaveLength(80);
    expect(handles.filter(isHandedOver)).toHaveLength(10);
    await expectSound(runtime, handles);
    await runtime.close();
  });

  it("close: runs that wait are let go, and nothing of them is called", async () => {
    const { code, open: go, calls } = gate();
    const runtime = await open(store, 1, code);
    const handles = await inLine(runtime, calls, 4);
    const closed = runtime.close();
    go();
    await closed;
    expect(calls.filter((call) => !call.startsWith("0"))).toEqual([]);
    if (place === "memory") return;
    const again = await open(store, 4, code);
    const resumed = await Promise.all(handles.slice(1).map(({ id }) => again.resume(id)));
    expect(await statuses(resumed)).toEqual(["completed", "completed", "completed"]);
    await expectSound(again, resumed);
    await again.close();
  });
});

it("a process that is gone while runs wait: all that it was given goes on where it is resumed", async () => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-waiting-"));
  const { code, open: go, calls } = gate();
  const runtime = await open(join(folder, "store"), 1, code);
  const handles = await inLine(runtime, calls, 6);
  // What a process leaves that ends here and now.
  cpSync(join(folder, "store"), join(folder, "left"), { recursive: true });
  go();
  await statuses(handles);
  await runtime.close();
  const again = await open(join(folder, "left"), 8, () => undefined);
  expect(await again.store.runs({ unfinished: true })).toHaveLength(6);
  const resumed = await Promise.all(handles.map(({ id }) => again.resume(id)));
  expect(await statuses(resumed)).toEqual(handles.map(() => "completed"));
  await expectSound(again, resumed);
  await again.close();
  rmSync(folder, { recursive: true, force: true });
});
