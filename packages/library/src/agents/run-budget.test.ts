import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime, type JsonObject, type RunHandle, type Runtime } from "@nanobrain/engine";
import { afterEach, describe, expect, it } from "vitest";
import { pack } from "../pack.js";
import {
  type FakeCall,
  type FakeModelServer,
  type FakeReply,
  startFakeModelServer,
} from "../testing/fake-model-server.js";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Reply = (call: FakeCall) => FakeReply | string;
type Bench = { readonly server: FakeModelServer; readonly folder: string; opened(): Promise<Runtime> };

async function benchOf(
  documents: (model: JsonObject) => { readonly [file: string]: JsonObject },
  reply: Reply,
): Promise<Bench> {
  const server = await startFakeModelServer(reply);
  open.push(() => server.close());
  const folder = await mkdtemp(join(tmpdir(), "nanobrain-budget-"));
  open.push(() => rm(folder, { recursive: true, force: true }));
  const files = documents({ model: "compatible/fake", base_url: server.baseUrl });
  for (const [name, document] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(document));
  const opened = async (): Promise<Runtime> => {
    const runtime = await createRuntime({ packs: [pack], store: join(folder, "store") });
    open.push(() => runtime.close({ drainMs: 0 }));
    return runtime;
  };
  return { server, folder, opened };
}

async function started({ folder, opened }: Bench, file = "flow.yml"): Promise<{ runtime: Runtime; run: RunHandle }> {
  const runtime = await opened();
  return { runtime, run: await runtime.start(await runtime.load(join(folder, file)), {}) };
}

const asking = (config: JsonObject, more: JsonObject = {}): JsonObject => ({
  class: "AgentStep",
  config: { prompt: "Say it.", agent: { class: "SimpleAgent", config } },
  ...more,
});

async function failed(run: RunHandle) {
  const { status, failures } = await run.result();
  expect(status).toBe("failed");
  let failure = failures[0]?.failure;
  while (failure?.cause !== undefined) failure = failure.cause;
  return failure;
}

const answers = ({ body }: FakeCall): number =>
  (body["messages"] as readonly { readonly role: string }[]).filter(({ role }) => role === "assistant").length;

describe("budget of a run", () => {
  it.each(["local", "thread", "process"])("on %s: holds over steps that run side by side", async (executor) => {
    const bench = await benchOf(
      (model) => ({
        "flow.yml": {
          name: "flow",
          error_handling: "continue",
          budget: { model_calls: 3 },
          steps: Object.fromEntries([..."abcde"].map((name) => [name, asking(model, { executor })])),
        },
      }),
      () => ({ text: "Said.", delayMs: 50 }),
    );
    const { run } = await started(bench);
    const { failures, steps } = await run.result();
    const statuses = Object.values(steps).map(({ status }) => status);
    expect([bench.server.calls.length, statuses.filter((one) => one === "succeeded").length]).toEqual([3, 3]);
    expect(failures.map(({ failure }) => [failure.code, failure.details?.["key"], failure.kind])).toEqual([
      ["E_RUN_BUDGET", "model_calls", "configuration"],
      ["E_RUN_BUDGET", "model_calls", "configuration"],
    ]);
  });

  it("counts what a workflow uses that an agent calls as a tool, and one that is a step", async () => {
    const bench = await benchOf(
      (model) => ({
        "inner.yml": { name: "inner", steps: { say: asking(model) } },
        "flow.yml": {
          name: "flow",
          execution_strategy: "sequential",
          budget: { model_calls: 4 },
          steps: {
            first: asking({ ...model, tools: { inner: { class: "Workflow", config: "inner.yml" } } }),
            second: { class: "Workflow", config: "inner.yml" },
            third: asking(model),
          },
        },
      }),
      (call) =>
        call.body["tools"] !== undefined && answers(call) === 0
          ? { toolCalls: [{ name: "inner", input: {} }] }
          : "Said.",
    );
    const { run } = await started(bench);
    expect(await failed(run)).toMatchObject({
      code: "E_RUN_BUDGET",
      message: expect.stringContaining("4 of 4 calls of models"),
    });
    // Two of the first agent, one of its tool, one of the workflow that is a step.
    expect(bench.server.calls).toHaveLength(4);
    expect((await run.result()).steps["third"]?.status).toBe("failed");
  });

  it("of a workflow that is a step: bounds each of its runs, beside the whole", async () => {
    const bench = await benchOf(
      (model) => ({
        "inner.yml": {
          name: "inner",
          budget: { model_calls: 1 },
          execution_strategy: "sequential",
          steps: { one: asking(model), two: asking(model) },
        },
        "flow.yml": {
          name: "flow",
          budget: { model_calls: 9 },
          steps: { inner: { class: "Workflow", config: "inner.yml" } },
        },
      }),
      () => "Said.",
    );
    const { run } = await started(bench);
    expect(await failed(run)).toMatchObject({ code: "E_RUN_BUDGET", details: { workflow: "inner" } });
    expect(bench.server.calls).toHaveLength(1);
  });

  it("cut off and gone on with: what was used before counts, in called runs too", async () => {
    let hangs = true;
    const bench = await benchOf(
      (model) => ({
        "inner.yml": {
          name: "inner",
          execution_strategy: "sequential",
          steps: { one: asking(model), two: asking(model) },
        },
        "flow.yml": {
          name: "flow",
          budget: { model_calls: 3 },
          steps: { think: asking({ ...model, tools: { inner: { class: "Workflow", config: "inner.yml" } } }) },
        },
      }),
      (call) => {
        if (call.body["tools"] !== undefined) return { toolCalls: [{ name: "inner", input: {} }] };
        return call.number === 3 && hangs ? { hang: "head" } : "Said.";
      },
    );
    const { runtime, run } = await started(bench);
    await expect.poll(() => bench.server.calls.length, { timeout: 30_000 }).toBe(3);
    await runtime.close({ drainMs: 0 });
    hangs = false;
    const again = await (await bench.opened()).resume(run.id);
    expect(await failed(again)).toMatchObject({ code: "E_RUN_BUDGET", details: { spent: { model_calls: 3 } } });
    // The call that was cut off had no answer: it alone was made again.
    expect(bench.server.calls).toHaveLength(4);
  });

  it("tokens: an answer is bounded by what is left, and nothing is sent that does not fit", async () => {
    const bench = await benchOf(
      (model) => ({
        "flow.yml": {
          name: "flow",
          execution_strategy: "sequential",
          budget: { tokens: 300 },
          steps: { one: asking(model), two: asking(model) },
        },
      }),
      () => ({ text: "Said.", usage: { inputTokens: 50, outputTokens: 245 } }),
    );
    const { run } = await started(bench);
    expect(await failed(run)).toMatchObject({
      code: "E_RUN_BUDGET",
      details: { key: "tokens", spent: { tokens: 295 } },
    });
    expect(bench.server.calls).toHaveLength(1);
    const asked = bench.server.calls[0]?.body["max_tokens"] as number;
    expect(asked).toBeGreaterThan(200);
    expect(asked).toBeLessThan(300);
  });

  it("money: needs the model's price, and bounds what is spent", async () => {
    const price = { input_per_million: 1_000, output_per_million: 10_000 };
    const bench = await benchOf(
      (model) => ({
        "none.yml": { name: "none", budget: { usd: 1 }, steps: { one: asking(model) } },
        "flow.yml": {
          name: "flow",
          execution_strategy: "sequential",
          budget: { usd: 1 },
          steps: { one: asking({ ...model, price }), two: asking({ ...model, price }) },
        },
      }),
      () => ({ text: "Said.", usage: { inputTokens: 20, outputTokens: 97 } }),
    );
    const none = await started(bench, "none.yml");
    expect(await failed(none.run)).toMatchObject({ code: "E_RUN_BUDGET", hint: expect.stringContaining("price") });
    expect(bench.server.calls).toHaveLength(0);
    await none.runtime.close();
    const { run } = await started(bench);
    expect(await failed(run)).toMatchObject({ code: "E_RUN_BUDGET", details: { key: "usd" } });
    expect(bench.server.calls).toHaveLength(1);
    expect(bench.server.calls[0]?.body["max_tokens"]).toBeLessThanOrEqual(100);
  });

  it("time: a call that takes too long is cut off, tools as well", async () => {
    const bench = await benchOf(
      (model) => ({ "flow.yml": { name: "flow", budget: { time: "300ms" }, steps: { one: asking(model) } } }),
      () => ({ hang: "head" }),
    );
    const { run } = await started(bench);
    expect(await failed(run)).toMatchObject({ code: "E_RUN_BUDGET", details: { key: "time" } });
  });
});
