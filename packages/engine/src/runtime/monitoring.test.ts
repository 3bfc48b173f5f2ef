import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RunEvent, RunHandle, Runtime } from "../index.js";
import { createRuntime, defineStep, defineWorkflow, NanobrainError, Workflow } from "../index.js";

const echo = defineStep({
  class: "Echo",
  version: "1",
  inputs: { item: z.number() },
  outputs: { item: z.number() },
  run: ({ inputs }) => ({ item: inputs.item }),
});
let gates: (() => void)[] = [];
const gate = defineStep({
  class: "Gate",
  version: "1",
  outputs: { open: z.boolean() },
  run: () => new Promise<{ open: boolean }>((resolve) => gates.push(() => resolve({ open: true }))),
});
const map = defineWorkflow({
  name: "map",
  input_data_units: { items: z.array(z.number()) },
  output_data_units: { items: z.array(z.number()) },
  steps: { echo: { class: echo, for_each: { over: "items", concurrency: 64 }, inputs: { items: { from: "items" } } } },
  links: { out: { class: "DirectLink", config: { source: "echo.item", target: "items" } } },
});
const gated = defineWorkflow({ name: "gated", steps: { a: { class: gate }, b: { class: gate, depends_on: ["a"] } } });

let runtime: Runtime;
beforeEach(async () => {
  gates = [];
  runtime = await createRuntime();
});
afterEach(() => runtime.close({ drainMs: 0 }));

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
async function collect(events: AsyncIterable<RunEvent>, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const seen: number[] = [];
  for await (const event of events) if (seen.push(event.seq) >= most) break;
  return seen;
}
async function openGate(count: number): Promise<void> {
  while (gates.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
  gates[count - 1]?.();
}

describe("monitoring", () => {
  it("events at size: every consumer gets each of 10,000 once, in order, early, late, slow, from any number on and after the end", async () => {
    const run = (await Workflow.from(map, { runtime })).start({ items: numbers(5000) });
    let heard = 0;
    run.listen(() => heard++);
    const early = collect(run.events());
    const resumed = collect(run.events(100), 50);
    const slow = (async () => {
      const seen: number[] = [];
      for await (const event of run.events()) {
        if (seen.push(event.seq) % 100 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      }
      return seen;
    })();
    while (run.progress().running === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    const late = collect(run.events(1000));
    const { status } = await run.result();
    expect(status).toBe("completed");
    const all = await early;
    expect(all.length).toBeGreaterThan(10_000);
    expect(all).toEqual(numbers(all.length).map((index) => index + 1));
    expect(await slow).toEqual(all);
    expect(await late).toEqual(all.slice(1000));
    expect(await resumed).toEqual(all.slice(100, 150));
    expect(await collect(run.events(all.length - 3))).toEqual(all.slice(-3));
    expect(await collect(run.events(all.length))).toEqual([]);
    expect(heard).toBeGreaterThan(all.length / 2);
  });

  it("events while nothing happens: wait, go on, and end with the run", async () => {
    const run = (await Workflow.from(gated, { runtime })).start();
    const seen = collect(run.events());
    await openGate(1);
    await openGate(2);
    await run.result();
    const numbersSeen = await seen;
    expect(numbersSeen).toEqual(numbers(numbersSeen.length).map((index) => index + 1));
  });

  it("leaving the loop: ends it, and the run goes on", async () => {
    const run = (await Workflow.from(gated, { runtime })).start();
    expect(await collect(run.events(), 2)).toEqual([1, 2]);
    await openGate(1);
    await openGate(2);
    expect((await run.result()).status).toBe("completed");
  });

  it("numbers that are none: refused", async () => {
    const run = (await Workflow.from(gated, { runtime })).start();
    for (const after of [-1, 1.5, Number.NaN])
      await expect(collect(run.events(after))).rejects.toMatchObject({ code: "E_USAGE" });
    await openGate(1);
    await openGate(2);
    await run.result();
  });

  it("startMonitoring: one callback that throws keeps nothing from the others and stops nothing", async () => {
    const workflow = await Workflow.from(map, { runtime });
    expect(workflow.getProgress()).toBeUndefined();
    const settled: number[] = [];
    const stopThrowing = workflow.startMonitoring(() => {
      throw new TypeError("broken display");
    });
    const stop = workflow.startMonitoring((progress) => settled.push(progress.settled));
    const { status, run_id: id } = await workflow.execute({ items: [1, 2] });
    expect(status).toBe("completed");
    expect(settled.length).toBeGreaterThan(3);
    expect(workflow.getProgress()).toMatchObject({ status: "completed" });
    const count = settled.length;
    stop();
    stopThrowing();
    await workflow.execute({ items: [1] });
    expect(settled.length).toBe(count);
    const texts = (await runtime.store.logs(id)).map(({ text }) => text);
    expect(texts.some((text) => text.includes("broken display"))).toBe(true);
  });

  it("await using: closes the runtime at the end of the block; what is known stays, everything else says so", async () => {
    let closed: Runtime;
    let run: RunHandle;
    const outside = await Workflow.from(map, { runtime });
    {
      await using inner = await createRuntime();
      closed = inner;
      run = (await Workflow.from(map, { runtime: inner })).start({ items: [1] });
      expect((await run.result()).status).toBe("completed");
    }
    expect([run.status, run.progress().status, (await run.result()).outputs]).toEqual([
      "completed",
      "completed",
      { items: [1] },
    ]);
    const refused = {
      name: "NanobrainError",
      code: "E_USAGE",
      details: { problem: "The runtime is closed; create another one" },
    };
    await expect(Workflow.from(map, { runtime: closed })).rejects.toMatchObject(refused);
    for (const use of [
      () => closed.look(run.id),
      () => closed.resume(run.id),
      () => closed.attach(run.id),
      () => closed.rerun(run.id, "echo"),
    ])
      await expect(use()).rejects.toMatchObject(refused);
    await expect(collect(run.events())).rejects.toBeInstanceOf(NanobrainError);
    expect((await outside.execute({ items: [2] })).outputs).toEqual({ items: [2] });
  });
});
