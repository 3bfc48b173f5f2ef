import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import { defineStep } from "../../components/define-step.js";
import type { SteeringAction } from "../../contracts/requests.js";
import type { RunRecord, Store } from "../../contracts/store.js";
import type { RunEvent } from "../../kernel/event.js";
import type { Plan } from "../../plan/plan.js";
import { createRuntime } from "../create-runtime.js";
import type { Runtime } from "../runtime.js";

/** A run that is nested, parallel and mapped, with a step before and one after. */
const outer = `name: outer
output_data_units: { out: { class: DataUnitMemory } }
steps:
  first: { class: Mark }
  nest: { class: Workflow, config: inner.yml, for_each: { over: items, as: in, concurrency: 2 }, inputs: { items: { default: [a, b, c] } }, depends_on: [first] }
  last: { class: Mark, inputs: { in: { from: nest.out } } }
links:
  end: { class: DirectLink, config: { source: last.out, target: out } }
`;
const inner = `name: inner
input_data_units: { in: { class: DataUnitMemory } }
output_data_units: { out: { class: DataUnitMemory } }
steps:
  one: { class: Mark, inputs: { in: { from: in } } }
  two: { class: Mark, inputs: { in: { from: one.out } } }
links:
  end: { class: DirectLink, config: { source: two.out, target: out } }
`;

const mark = defineStep({
  class: "Mark",
  version: "1",
  inputs: { in: z.union([z.string(), z.array(z.string())]).optional() },
  outputs: { out: z.string() },
  run: ({ inputs }) => Promise.resolve({ out: `${JSON.stringify(inputs.in ?? "")}.` }),
});

const folder = mkdtempSync(join(tmpdir(), "nanobrain-every-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let plan: Plan;
let record: RunRecord;
let journal: readonly RunEvent[];
let outputs: unknown;

function process(store: Store): Promise<Runtime> {
  return createRuntime({ steps: [mark], store, cache: false });
}

beforeAll(async () => {
  writeFileSync(join(folder, "outer.yml"), outer);
  writeFileSync(join(folder, "inner.yml"), inner);
  const store = openMemoryStore();
  const runtime = await process(store);
  const run = await runtime.start(await runtime.load(join(folder, "outer.yml")), {});
  const result = await run.result();
  expect(result.status).toBe("completed");
  ({ outputs } = result);
  plan = run.plan;
  record = (await store.find(run.id)) as RunRecord;
  journal = await store.events(run.id);
  await runtime.close();
});

/** A store in which a process died once the run's first `count` events were on disk. */
async function crashedAfter(count: number): Promise<Store> {
  const store: Store = openMemoryStore();
  const events = journal.slice(0, count);
  await store.create({ runId: record.id, events, plan, record: { ...record, status: "running", endedAt: null } });
  return store;
}

/** All but the last event: with that the run is over. */
const moments = (): readonly number[] =>
  journal
    .slice(0, -1)
    .map((event) => event.seq)
    .filter((seq) => seq > 1);

describe("run that a process left at any of its events", () => {
  it("pause, then resume: ends as if nothing had been", async () => {
    for (const count of moments()) {
      const store = await crashedAfter(count);
      const runtime = await process(store);
      const handle = await runtime.attach(record.id);
      expect(await handle.pause(), `after event ${count}`).toMatchObject({ status: "done", driven: false });
      expect(await handle.pause()).toMatchObject({ status: "nothing" });
      const result = await (await runtime.resume(record.id)).result();
      expect([result.status, result.outputs], `after event ${count}`).toEqual(["completed", outputs]);
      await runtime.close();
    }
  });

  it("cancel: ends there and then, and no attempt starts", async () => {
    for (const count of moments()) {
      const store = await crashedAfter(count);
      const runtime = await process(store);
      expect(await (await runtime.attach(record.id)).cancel()).toMatchObject({ status: "done" });
      const events = await store.events(record.id, count);
      expect(events.at(-1), `after event ${count}`).toMatchObject({ type: "run.closed", status: "cancelled" });
      expect(events.filter((event) => event.type === "attempt.started")).toEqual([]);
      expect(await store.find(record.id)).toMatchObject({ status: "cancelled" });
      await runtime.close();
    }
  });
});

describe("run that is asked at any of its events", () => {
  const asked = async (
    action: SteeringAction,
    seq: number,
  ): Promise<{ store: Store; runtime: Runtime; id: string }> => {
    const store = openMemoryStore();
    const runtime = await process(store);
    const run = await runtime.start(await runtime.load(join(folder, "outer.yml")), {});
    run.listen((event) => {
      if (event.seq === seq) void store.requests.post({ id: "r-1", runId: run.id, at: 1, by: "a test", action });
    });
    await run.result();
    return { store, runtime, id: run.id };
  };

  it("pause: what was journaled is kept, nothing new starts, and a resume ends as if nothing had been", async () => {
    for (const seq of moments()) {
      const { store, runtime, id } = await asked({ type: "pause" }, seq);
      const status = (await store.find(id))?.status;
      expect(["paused", "completed"], `asked at event ${seq}`).toContain(status);
      const result = status === "paused" ? await (await runtime.resume(id)).result() : undefined;
      if (result !== undefined) expect([result.status, result.outputs]).toEqual(["completed", outputs]);
      const events = await store.events(id);
      expect(events.filter((event) => event.request === "r-1").length).toBe(status === "paused" ? 1 : 0);
      await runtime.close();
    }
  });

  it("cancel: ends as cancelled, or had completed before", async () => {
    for (const seq of moments()) {
      const { store, runtime, id } = await asked({ type: "cancel", reason: "enough" }, seq);
      expect(["cancelled", "completed"], `asked at event ${seq}`).toContain((await store.find(id))?.status);
      const ends = (await store.events(id)).filter(
        (event) => event.type === "run.closed" || (event.type === "run.completed" && event.run === 0),
      );
      expect(ends).toHaveLength(1);
      await runtime.close();
    }
  });
});
