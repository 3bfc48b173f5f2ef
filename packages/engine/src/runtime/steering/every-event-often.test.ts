import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openSqliteStore } from "../../adapters/stores/sqlite/sqlite-store.js";
import { defineStep } from "../../components/define-step.js";
import type { RunRecord } from "../../contracts/store.js";
import type { RunEvent } from "../../kernel/event.js";
import type { Plan } from "../../plan/plan.js";
import { createRuntime } from "../create-runtime.js";
import type { Runtime } from "../runtime.js";

/** Nested, mapped, looped and queued at once; `pay` fails until the work before it was taken back, if the document lets it. */
const documents = {
  "polish.yml": `name: polish
input_data_units: { item: { class: DataUnitMemory } }
output_data_units: { done: { class: DataUnitMemory } }
steps:
  grow: { class: Mark, inputs: { in: { from: item } }, repeat: { until: "size(out) > 4", max: 4, carry: { out: in } } }
links: { d: { class: DirectLink, config: { source: grow.out, target: done } } }
`,
  "mixed.yml": `name: mixed
execution_strategy: parallel
output_data_units: { worked: { class: DataUnitMemory, merge: collect }, mapped: { class: DataUnitMemory } }
steps:
  source: { class: Source }
  left: { class: Workflow, config: polish.yml }
  right: { class: Mark }
  each: { class: Workflow, config: polish.yml, for_each: { over: items, as: item, concurrency: 2 }, inputs: { items: { default: [x, y] } } }
links:
  rows: { class: QueueLink, config: { source: source.out, targets: [left.item, right.in], capacity: 1 } }
  l: { class: DirectLink, config: { source: left.done, target: worked } }
  r: { class: DirectLink, config: { source: right.out, target: worked } }
  m: { class: DirectLink, config: { source: each.done, target: mapped } }
`,
  "back.yml": `name: back
error_handling: rollback
error_handling_config: { max_retries: 2 }
output_data_units: { worked: { class: DataUnitMemory, merge: collect }, end: { class: DataUnitMemory } }
steps:
  source: { class: Source }
  left: { class: Mark, on_rollback: { class: Undo } }
  book: { class: Mark, for_each: { over: items, as: in }, inputs: { items: { default: [x, y] } }, depends_on: [left], on_rollback: { class: Undo } }
  pay: { class: Pay, cache: off, depends_on: [book] }
links:
  rows: { class: QueueLink, config: { source: source.out, target: left.in, capacity: 1 } }
  l: { class: DirectLink, config: { source: left.out, target: worked } }
  e: { class: DirectLink, config: { source: pay.out, target: end } }
`,
};

const text = z.string();
/** What the outside has taken back. */
let undone = 0;
const steps = [
  defineStep({
    class: "Mark",
    version: "1",
    inputs: { in: text.optional() },
    outputs: { out: text },
    run: ({ inputs }) => Promise.resolve({ out: `${inputs.in ?? ""}.` }),
  }),
  defineStep({
    class: "Source",
    version: "1",
    inputs: {},
    outputs: { out: text.optional() },
    async run({ emit }) {
      for (const item of ["aaa", "bbb", "ccc"]) await emit("out", item);
      return {};
    },
  }),
  defineStep({
    class: "Undo",
    version: "1",
    inputs: { in: z.unknown().optional(), out: z.unknown().optional() },
    outputs: {},
    run() {
      undone++;
      return {};
    },
  }),
  defineStep({
    class: "Pay",
    version: "1",
    inputs: {},
    outputs: { out: text },
    run() {
      if (undone === 0) throw new TypeError("take something back first");
      return { out: "paid" };
    },
  }),
];

const base = mkdtempSync(join(tmpdir(), "nanobrain-often-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
for (const [name, content] of Object.entries(documents)) writeFileSync(join(base, name), content);

const fresh = (): string => mkdtempSync(join(base, "store-"));
const open = (store: string): Promise<Runtime> => createRuntime({ steps, store, cache: false });

type Past = {
  readonly plan: Plan;
  readonly record: RunRecord;
  readonly journal: readonly RunEvent[];
  readonly outputs: unknown;
};

async function undisturbed(file: string): Promise<Past> {
  undone = 0;
  await using runtime = await open(fresh());
  const run = await runtime.start(await runtime.load(join(base, file)), {});
  const { status, outputs } = await run.result();
  expect(status).toBe("completed");
  const record = (await runtime.store.find(run.id)) as RunRecord;
  return { plan: run.plan, record, journal: await runtime.store.events(run.id), outputs };
}

/** A store in which a process died once the run's first `count` events were on disk. */
async function crashedAfter({ plan, record, journal }: Past, count: number): Promise<Runtime> {
  const folder = fresh();
  const store = await openSqliteStore({ folder });
  const events = journal.slice(0, count);
  undone = events.filter((event) => event.type === "undo.ended").length;
  await store.create({ runId: record.id, events, plan, record: { ...record, status: "running", endedAt: null } });
  await store.release(record.id);
  await store.close();
  return open(folder);
}

const ends = (events: readonly RunEvent[]): readonly RunEvent[] =>
  events.filter((event) => event.type === "run.closed" || (event.type === "run.completed" && event.run === 0));

describe.each(["mixed.yml", "back.yml"])("%s, left by its process or asked at its events, on SQLite", (file) => {
  it("paused where it was left, then resumed: ends as if nothing had been", async () => {
    const past = await undisturbed(file);
    for (let count = 2; count < past.journal.length; count += 7) {
      await using runtime = await crashedAfter(past, count);
      expect(await (await runtime.attach(past.record.id)).pause()).toMatchObject({ status: "done", driven: false });
      const began = (await runtime.store.events(past.record.id)).length;
      const run = await runtime.resume(past.record.id);
      const result = await run.result();
      expect([count, result.status, result.outputs]).toEqual([count, "completed", past.outputs]);
      const events = await runtime.store.events(past.record.id);
      expect(events.slice(0, began).filter((event) => event.type === "attempt.started" && event.seq > count)).toEqual(
        [],
      );
      expect(ends(events)).toHaveLength(1);
    }
  });

  it("cancelled where it was left: ends once, no attempt starts, and it does not come back", async () => {
    const past = await undisturbed(file);
    for (let count = 3; count < past.journal.length; count += 7) {
      await using runtime = await crashedAfter(past, count);
      const handle = await runtime.attach(past.record.id);
      expect(await handle.cancel()).toMatchObject({ status: "done" });
      expect(await handle.cancel()).toMatchObject({ status: "nothing" });
      await expect(runtime.resume(past.record.id)).rejects.toMatchObject({ code: "E_RUN_STATE" });
      const events = await runtime.store.events(past.record.id);
      expect(events.slice(count).filter((event) => event.type === "attempt.started")).toEqual([]);
      expect([count, ends(events).length, events.at(-1)?.type]).toEqual([count, 1, "run.closed"]);
    }
  });

  it.each(["pause", "cancel"] as const)(
    "asked to %s while it goes: nothing starts after, and it ends once",
    async (what) => {
      const past = await undisturbed(file);
      for (let seq = 4; seq < past.journal.length; seq += 7) {
        undone = 0;
        await using runtime = await open(fresh());
        const run = await runtime.start(await runtime.load(join(base, file)), {});
        const asked: Promise<unknown>[] = [];
        run.listen((event) => {
          if (event.seq === seq) asked.push(run[what]().catch((error: unknown) => error));
        });
        const { status } = await run.result();
        await Promise.all(asked);
        const word = what === "pause" ? "run.paused" : "run.cancelled";
        const before = await runtime.store.events(run.id);
        const from = before.findIndex((event) => event.type === word);
        if (from >= 0)
          expect([seq, before.slice(from).filter((event) => event.type === "attempt.started")]).toEqual([seq, []]);
        if (status === "paused") {
          const result = await (await runtime.resume(run.id)).result();
          expect([seq, result.status, result.outputs]).toEqual([seq, "completed", past.outputs]);
        }
        expect([seq, ends(await runtime.store.events(run.id)).length]).toEqual([seq, 1]);
      }
    },
  );
});
