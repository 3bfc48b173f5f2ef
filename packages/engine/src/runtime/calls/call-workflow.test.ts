import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../adapters/stores/sqlite/sqlite-store.js";
import { defineStep } from "../../components/define-step.js";
import type { Json } from "../../contracts/json.js";
import type { RunRecord } from "../../contracts/store.js";
import type { RunEvent } from "../../kernel/event.js";
import type { Plan } from "../../plan/plan.js";
import { createTestRuntime } from "../../testing/kit/create-test-runtime.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, Runtime, RuntimeOptions } from "../runtime.js";

const base = mkdtempSync(join(tmpdir(), "nanobrain-calls-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const store = (): string => mkdtempSync(join(base, "store-"));
const write = (name: string, text: string): void => writeFileSync(join(base, name), text);

write(
  "code.ts",
  `export async function twice(value: unknown, ctx: any) {
  const one = await ctx.callWorkflow("one", "child.yml", { in: value });
  return [one.out, (await ctx.callWorkflow("two", "child.yml", { in: one.out })).out];
}
export async function call(value: { document: string; inputs: object }, ctx: any) {
  return ctx.callWorkflow("c", value.document, value.inputs);
}
export function wait(_value: unknown, ctx: any) {
  return new Promise((resolve, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)));
}
export function fail() {
  throw new TypeError("the ink is dry");
}
`,
);
const unit = "{ class: DataUnitMemory }";
const child = (name: string, step: string, output = "output"): void =>
  write(
    `${name}.yml`,
    `name: ${name}
input_data_units: { in: ${unit} }
output_data_units: { out: ${unit} }
steps:
  s: ${step}
links: { o: { class: DirectLink, config: { source: s.${output}, target: out } } }
`,
  );
const fn = (name: string, executor = "local"): string =>
  `{ class: FunctionStep, executor: ${executor}, config: { function: ./code.ts#${name} }, inputs: { value: { from: in } } }`;
child("child", `{ class: TransformStep, config: { expression: 'in & "!"' }, inputs: { in: { from: in } } }`);
child("failing", fn("fail"));
child("stuck", fn("wait"));
child(
  "asking",
  `{ class: ApprovalStep, config: { question: "Send {{ in }}?", choices: [yes, no] }, inputs: { in: { from: in } } }`,
  "decision",
);
child("calls", fn("twice"));
for (const executor of ["local", "thread", "process"]) child(`any-${executor}`, fn("call", executor));
child(
  "many",
  `{ class: FunctionStep, executor: thread, for_each: { over: items, as: value, concurrency: 4 }, config: { function: ./code.ts#call }, inputs: { items: { from: in } } }`,
);
child("threaded", fn("twice", "thread"));

type Started = { readonly runtime: Runtime; readonly run: RunHandle };
async function started(name: string, given: Json, options: RuntimeOptions = { store: store() }): Promise<Started> {
  const runtime = await createRuntime(options);
  return { runtime, run: await runtime.start(await runtime.load(join(base, `${name}.yml`)), { in: given }) };
}
async function outcome({ runtime, run }: Started) {
  const { status, outputs, failures } = await run.result();
  const runs = await runtime.store.runs();
  await runtime.close();
  return { status, outputs, failure: failures[0]?.failure, runs };
}
const ask = (document: string, inputs: Json = { in: "a" }): Json => ({ document, inputs });

describe("workflows that steps call", () => {
  it("are runs of their own: named after their caller, which is in their journal", async () => {
    const it = await started("calls", "a");
    const { outputs } = await it.run.result();
    expect(outputs).toEqual({ out: ["a!", "a!!"] });
    const [record] = (await it.runtime.store.runs()).filter(({ name }) => name.includes(".one-"));
    const [created] = await it.runtime.store.events(record?.id ?? "", 0, 1);
    const caller = { run: it.run.id, name: it.run.name, step: "s", call: "one", depth: 1 };
    expect(created).toMatchObject({ type: "run.created", options: { caller } });
    expect(record?.name.startsWith(`${it.run.name}.one-`)).toBe(true);
    await it.runtime.close();
  });

  it("in memory: the same", async () => {
    expect((await outcome(await started("calls", "a", {}))).outputs).toEqual({ out: ["a!", "a!!"] });
  });

  it.each(["thread", "process"])("from a %s: the call goes to the host", async (executor) => {
    const { outputs } = await outcome(await started(`any-${executor}`, ask("child.yml")));
    expect(outputs).toEqual({ out: { out: "a!" } });
  });

  it("more callers than lanes, and what they call takes lanes too: nobody waits for ever", async () => {
    const items = Array.from({ length: 4 }, (_, index) => ask("threaded.yml", { in: `${index}` }));
    const { outputs } = await outcome(await started("many", items, { store: store(), pools: { cpu: 1 } }));
    expect(outputs).toEqual({ out: [0, 1, 2, 3].map((index) => ({ out: [`${index}!`, `${index}!!`] })) });
  });

  it("one that fails: the step fails with what failed, and of its kind", async () => {
    const { failure, status } = await outcome(await started("any-local", ask("failing.yml")));
    expect([status, failure?.code, failure?.message, failure?.cause?.message]).toEqual([
      "failed",
      "E_CHILD_FAILED",
      expect.stringContaining("the ink is dry"),
      expect.stringContaining("the ink is dry"),
    ]);
  });

  it("inputs that do not fit, a document with faults, a path outside: each says so", async () => {
    write("faulty.yml", "name: faulty\nsteps: { a: { class: Nonsense } }\n");
    const codes: unknown[] = [];
    for (const given of [ask("child.yml", {}), ask("faulty.yml"), ask("../x.yml"), ask("/etc/x.yml"), ask("none.yml")])
      codes.push((await outcome(await started("any-local", given))).failure?.code);
    expect(codes).toEqual(["E_INPUT", "E_DOCUMENT_INVALID", "E_PATH_REFUSED", "E_PATH_REFUSED", "E_DOCUMENT_INVALID"]);
  });

  it("one that calls itself for ever: refused at a depth", async () => {
    write(
      "deep.yml",
      `name: deep
output_data_units: { out: ${unit} }
steps:
  s: { class: FunctionStep, config: { function: ./code.ts#call }, inputs: { value: { default: { document: deep.yml, inputs: {} } } } }
links: { o: { class: DirectLink, config: { source: s.output, target: out } } }
`,
    );
    const runtime = await createRuntime({ store: store() });
    const run = await runtime.start(await runtime.load(join(base, "deep.yml")), {});
    const { failures } = await run.result();
    let failure = failures[0]?.failure;
    while (failure?.cause !== undefined) failure = failure.cause;
    expect(failure?.message).toContain("16 deep");
    expect(await runtime.store.runs()).toHaveLength(17);
    await runtime.close();
  });

  it("the caller cancelled: what it called is cancelled, too", async () => {
    const it = await started("any-local", ask("stuck.yml"));
    await expect.poll(() => it.runtime.store.runs(), { timeout: 30_000 }).toHaveLength(2);
    await it.run.cancel();
    expect((await it.run.result()).status).toBe("cancelled");
    const statuses = async () => (await it.runtime.store.runs()).map(({ status }) => status);
    await expect.poll(statuses, { timeout: 30_000 }).toEqual(["cancelled", "cancelled"]);
    await it.runtime.close();
  });

  it("the caller cancelled while nobody drives it: what it called is cancelled, too, and what that called", async () => {
    const it = await started("any-local", ask("any-local.yml", { in: ask("asking.yml") }));
    expect((await it.run.result()).status).toBe("waiting");
    await it.runtime.close();
    await using runtime = await createRuntime({ store: it.runtime.store.place });
    const other = await runtime.start(await runtime.load(join(base, "asking.yml")), { in: "b" });
    await other.result();
    const run = await runtime.attach(it.run.id);
    expect((await run.cancel()).text).toMatch(/^cancelled; .*, which it called, is cancelled too/);
    const open = await runtime.store.runs({ unfinished: true });
    expect(open.map(({ name }) => name)).toEqual([other.name]);
  });

  it("one that asks a person: its caller asks, holds nothing, and gives the answer on", async () => {
    const it = await started("any-local", ask("asking.yml"));
    expect((await it.run.result()).status).toBe("waiting");
    const [question] = await it.run.asks();
    expect(question).toMatchObject({ step: "s", question: "Send a?", choices: ["yes", "no"] });
    await it.runtime.close();
    const runtime = await createRuntime({ store: it.runtime.store.place });
    const run = await runtime.resume(it.run.id);
    await run.answer("s", "yes", "mia");
    expect((await run.result()).outputs).toEqual({ out: { out: "yes" } });
    const answered = await Promise.all((await runtime.store.runs()).map(({ id }) => runtime.store.events(id)));
    const by = answered.flat().flatMap((event) => (event.type === "wait.answered" ? [event.by] : []));
    expect(by).toEqual(["mia", "mia"]);
    await runtime.close();
  });
});

type Past = { readonly plan: Plan; readonly record: RunRecord; readonly journal: readonly RunEvent[] };

describe("killed at each event of the caller", () => {
  it("what was called is found again, is not begun twice, and gives the same", async () => {
    const it = await started("calls", "a");
    await it.run.result();
    const pasts: Past[] = [];
    for (const { id, planHash } of await it.runtime.store.runs()) {
      const record = (await it.runtime.store.find(id)) as RunRecord;
      pasts.push({
        plan: (await it.runtime.store.plan(planHash)) as Plan,
        record,
        journal: await it.runtime.store.events(id),
      });
    }
    await it.runtime.close();
    const own = pasts.find(({ record }) => record.id === it.run.id) as Past;
    for (let count = 2; count < own.journal.length; count++) {
      const until = own.journal[count - 1]?.at ?? 0;
      const folder = store();
      const left = await openSqliteStore({ folder });
      for (const { plan, record, journal } of pasts) {
        const events = record.id === it.run.id ? journal.slice(0, count) : journal.filter(({ at }) => at < until);
        if (events.length < 2) continue;
        await left.create({ runId: record.id, events, plan, record: { ...record, ...openRecord(journal, events) } });
        await left.release(record.id);
      }
      await left.close();
      await using runtime = await createRuntime({ store: folder });
      const result = await (await runtime.resume(it.run.id)).result();
      expect([count, result.status, result.outputs]).toEqual([count, "completed", { out: ["a!", "a!!"] }]);
      expect(await runtime.store.runs()).toHaveLength(3);
    }
  });
});

function openRecord(all: readonly RunEvent[], events: readonly RunEvent[]): Partial<RunRecord> {
  return events.length === all.length ? {} : { status: "running", endedAt: null };
}

describe("a simulated clock", () => {
  it("goes on while a step waits for what it called", async () => {
    await using runtime = await createTestRuntime({
      steps: [
        defineStep({
          class: "Call",
          version: "1",
          run: async ({ callWorkflow }) => ({ out: await callWorkflow("c", "nap.yml", {}) }),
        }),
      ],
    });
    for (const [name, text] of [
      [
        "nap.yml",
        `name: nap\noutput_data_units: { at: ${unit} }\nsteps: { w: { class: WaitStep, config: { for: 2h } } }\nlinks: { o: { class: DirectLink, config: { source: w.at, target: at } } }\n`,
      ],
      ["caller.yml", "name: caller\nsteps: { s: { class: Call } }\n"],
    ] as const)
      writeFileSync(join(runtime.folder, name), text);
    const file = join(runtime.folder, "caller.yml");
    const run = await runtime.start(await runtime.load(file, { project: runtime.folder }), {});
    expect(await runtime.clock.runUntilIdle()).toBe(true);
    expect((await run.result()).status).toBe("completed");
  });
});
