import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { defineStep } from "../components/define-step.js";
import type { Json } from "../contracts/json.js";
import { createRuntime } from "./create-runtime.js";
import type { Runtime } from "./runtime.js";
import { Workflow } from "./workflow.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-behaviour-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the steps below did in the outside world. */
const world = { calls: [] as string[], failing: new Set<string>(), running: 0, most: 0, hold: Promise.resolve() };

const work = defineStep({
  class: "Work",
  version: "1",
  config: z.strictObject({ name: z.string(), fails: z.number().default(0) }),
  inputs: { in: z.union([z.string(), z.number()]).optional() },
  outputs: { out: z.string() },
  async run({ inputs, config, attempt, signal }) {
    world.calls.push(config.name);
    world.running++;
    world.most = Math.max(world.most, world.running);
    try {
      await Promise.race([
        world.hold,
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      ]);
      if (attempt <= config.fails || world.failing.has(config.name)) throw new TypeError(`${config.name} is broken`);
      return { out: inputs.in === undefined ? config.name : `${config.name}(${String(inputs.in)})` };
    } finally {
      world.running--;
    }
  },
});

const need = defineStep({
  class: "Need",
  version: "1",
  inputs: { in: z.string() },
  outputs: { out: z.string() },
  run: ({ inputs }) => Promise.resolve({ out: inputs.in }),
});

let counter = 0;

async function load(yaml: string, runtime: Runtime): Promise<Workflow> {
  const file = join(folder, `w${counter++}.yml`);
  writeFileSync(file, yaml);
  return Workflow.fromConfig(file, { runtime });
}

async function withRuntime(use: (runtime: Runtime) => Promise<void>): Promise<void> {
  Object.assign(world, { calls: [], failing: new Set(), running: 0, most: 0, hold: Promise.resolve() });
  const runtime = await createRuntime({ steps: [work, need], store: "memory" });
  try {
    await use(runtime);
  } finally {
    await runtime.close({ drainMs: 0 });
  }
}

const step = (name: string, more = "", config = ""): string =>
  `  ${name}: { class: Work, config: { name: ${name}${config} }, cache: off${more} }`;

test("continue: the failed step is failed, its error port carries the failure, the rest goes on", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\nerror_handling: continue\nsteps:\n${step("a", "", ", fails: 9")}\n  b: { class: Need, inputs: { in: { from: a.out } } }\n${step("c")}\n` +
        `output_data_units: { problem: { class: DataUnitMemory }, good: { class: DataUnitMemory } }\n` +
        `links:\n  e: { class: DirectLink, config: { source: a.error, target: problem } }\n  g: { class: DirectLink, config: { source: c.out, target: good } }\n`,
      runtime,
    );
    const result = await workflow.execute();
    expect(result.status).toBe("completed");
    expect([result.steps["a"]?.status, result.steps["b"]?.status, result.steps["c"]?.status]).toEqual([
      "failed",
      "skipped",
      "succeeded",
    ]);
    expect((result.outputs["problem"] as { message: string }).message).toContain("a is broken");
    expect(result.failures.map((entry) => entry.step)).toEqual(["a"]);
  });
});

test("fallback: another component takes over after the retries are used up", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\nerror_handling: retry\nerror_handling_config: { max_retries: 1, retry_delay: 0 }\nsteps:\n` +
        `${step("a", ", fallback: { class: Work, config: { name: spare } }", ", fails: 9")}\n`,
      runtime,
    );
    const result = await workflow.execute();
    expect([result.status, result.outputs]).toEqual(["completed", { "a.out": "spare" }]);
    expect(world.calls).toEqual(["a", "a", "spare"]);
  });
});

test("for_each over what is no list: E_NOT_A_LIST, over links with and without a transform", async () => {
  await withRuntime(async (runtime) => {
    const yaml = (more: string): string =>
      `name: w\ninput_data_units: { n: { class: DataUnitMemory } }\nsteps:\n${step("a", `, for_each: { over: in, as: in }, inputs: { in: { from: n${more} } }`)}\n`;
    for (const [more, given, found] of [
      ["", { rows: [1] }, "of type object"],
      ["", null, "null"],
      [", transform: { expression: rows }", { rows: "1" }, "of type string"],
    ] as const) {
      const { status, failures } = await (await load(yaml(more), runtime)).execute({ n: given });
      expect([status, failures.map((one) => one.failure.message), failures[0]?.failure.code]).toEqual([
        "failed",
        [`Input in of for_each is ${found}, a list is expected`],
        "E_NOT_A_LIST",
      ]);
    }
    expect((await (await load(yaml(""), runtime)).execute({ n: [1, 2] })).outputs).toEqual({
      "a.out": ["a(1)", "a(2)"],
    });
  });
});

test("conditions: a closed gate skips what lies behind it, an open one lets it run", async () => {
  await withRuntime(async (runtime) => {
    const yaml = (condition: string): string =>
      `name: w\ninput_data_units: { n: { class: DataUnitMemory } }\nsteps:\n${step("a", `, inputs: { in: { from: n, when: "${condition}" } }, when_absent: skip`)}\n${step("b", ", inputs: { in: { from: a.out } }")}\n`;
    const closed = await (await load(yaml("value > 5"), runtime)).execute({ n: 1 });
    const open = await (await load(yaml("value > 5"), runtime)).execute({ n: 9 });
    expect(open.outputs).toEqual({ "b.out": "b(a(9))" });
    expect(closed.outputs).toEqual({ "b.out": "b(a)" });
  });
});

test("timeout: an attempt over its time ends as a timeout and is tried again", async () => {
  await withRuntime(async (runtime) => {
    world.hold = new Promise(() => undefined);
    const workflow = await load(
      `name: w\nerror_handling_config: { max_retries: 1, retry_delay: 0 }\nsteps:\n${step("a", ", timeout: 0.02")}\n`,
      runtime,
    );
    const result = await workflow.execute();
    expect([result.status, result.steps["a"]?.attempts, result.failures[0]?.failure.kind]).toEqual([
      "failed",
      2,
      "timeout",
    ]);
  });
});

test("cancel: running attempts are aborted and the run ends once, as cancelled", async () => {
  await withRuntime(async (runtime) => {
    world.hold = new Promise(() => undefined);
    const run = (
      await load(`name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n`, runtime)
    ).start();
    await expect.poll(() => world.calls).toEqual(["a"]);
    await run.cancel("enough");
    const result = await run.result();
    expect([result.status, world.calls, world.running]).toEqual(["cancelled", ["a"], 0]);
    await run.cancel("again");
    const { events } = await runtime.look(run.id);
    expect(events.filter((event) => event.type === "run.closed").length).toBe(1);
    expect(events.filter((event) => event.type === "run.cancelled").length).toBe(1);
  });
});

test("pause: nothing new starts until the run goes on", async () => {
  await withRuntime(async (runtime) => {
    let open: () => void = () => undefined;
    world.hold = new Promise((resolve) => (open = resolve));
    const run = (
      await load(`name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n`, runtime)
    ).start();
    await expect.poll(() => world.calls).toEqual(["a"]);
    await run.pause();
    open();
    const paused = await run.result();
    expect([paused.status, world.calls]).toEqual(["paused", ["a"]]);
    await run.resume();
    expect([(await run.result()).status, world.calls]).toEqual(["completed", ["a", "b"]]);
  });
});

test("resources: no more run at once than the pool has room for, over all runs of the process, and nothing is left over", async () => {
  await withRuntime(async (runtime) => {
    const many = Array.from({ length: 6 }, (_, index) => step(`s${index}`, ", resources: { licence: 1 }")).join("\n");
    const workflow = await load(`name: w\nresources: { licence: 2 }\nsteps:\n${many}\n`, runtime);
    const results = await Promise.all([workflow.execute(), workflow.execute(), workflow.execute()]);
    expect(results.map((result) => result.status)).toEqual(["completed", "completed", "completed"]);
    expect([world.calls.length, world.most]).toEqual([18, 2]);
  });
});

test("cache: the second run takes the result from the first, and a changed input misses", async () => {
  await withRuntime(async (runtime) => {
    const yaml = `name: w\ninput_data_units: { n: { class: DataUnitMemory } }\nsteps:\n${step("a", ", inputs: { in: { from: n } }").replace("cache: off", "cache: run")}\n`;
    const workflow = await load(yaml, runtime);
    await workflow.execute({ n: 1 });
    const second = await workflow.execute({ n: 1 });
    const third = await workflow.execute({ n: 2 });
    expect([second.steps["a"]?.cached, third.steps["a"]?.cached, world.calls.length]).toEqual([true, false, 2]);
    const miss = (await runtime.look(third.run_id)).events.find((event) => event.type === "attempt.succeeded");
    expect(miss?.type === "attempt.succeeded" && miss.cache?.changed).toEqual(["input.in"]);
  });
});

test("resume: a failed run tries its failed step again and repeats nothing that is done", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n`,
      runtime,
    );
    world.failing.add("b");
    const failed = await workflow.execute();
    expect([failed.status, failed.steps["b"]?.status]).toEqual(["failed", "failed"]);
    world.failing.clear();
    const result = await (await runtime.resume(failed.name)).result();
    expect([result.status, result.outputs, world.calls]).toEqual(["completed", { "b.out": "b(a)" }, ["a", "b", "b"]]);
  });
});

test("rerun: a fork takes over what is not downstream of the step", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n${step("c", ", inputs: { in: { from: b.out } }")}\n`,
      runtime,
    );
    const first = await workflow.execute();
    world.calls = [];
    const fork = await runtime.rerun(first.run_id, "b");
    const result = await fork.result();
    expect([result.outputs, world.calls, fork.id === first.run_id]).toEqual([first.outputs, ["b", "c"], false]);
    await expect(runtime.rerun(first.run_id, "nobody")).rejects.toMatchObject({ code: "E_USAGE" });
  });
});

test("only: one step and what it needs", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n${step("c", ", inputs: { in: { from: b.out } }")}\n${step("d")}\n`,
      runtime,
    );
    const result = await workflow.execute({}, { only: "b" });
    expect([result.outputs, world.calls]).toEqual([{ "b.out": "b(a)" }, ["a", "b"]]);
  });
});

test("attach: a run id used again gives the same run if plan and inputs are the same, else fails", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\ninput_data_units: { n: { class: DataUnitMemory } }\nsteps:\n${step("a", ", inputs: { in: { from: n } }")}\n`,
      runtime,
    );
    const first = await workflow.execute({ n: 1 }, { runId: "mine" });
    const again = await workflow.execute({ n: 1 }, { runId: "mine" });
    expect([again.outputs, world.calls.length]).toEqual([first.outputs, 1]);
    await expect(workflow.execute({ n: 2 }, { runId: "mine" })).rejects.toMatchObject({ code: "E_RUN_EXISTS" });
  });
});

test.each([
  [{}, "required input n is missing"],
  [{ n: "x" }, "schema"],
  [{ n: 1, m: 2 }, "there is no input m"],
  [{ n: Number.POSITIVE_INFINITY }, "input n: Infinity is no JSON"],
  [{ n: [1, Number.NaN] as unknown as Json }, "input n at [1]: NaN is no JSON"],
] as [{ [name: string]: Json }, string][])(
  "inputs: %j is refused before anything is journaled",
  async (inputs, problem) => {
    await withRuntime(async (runtime) => {
      const workflow = await load(
        `name: w\ninput_data_units: { n: { class: DataUnitMemory, schema: { type: number } } }\nsteps:\n${step("a", ", inputs: { in: { from: n } }")}\n`,
        runtime,
      );
      await expect(workflow.execute(inputs)).rejects.toMatchObject({
        code: "E_INPUT",
        message: expect.stringContaining(problem) as string,
      });
      expect(await runtime.store.runs()).toEqual([]);
    });
  },
);

test("monitoring: progress and events follow the run, from any number on", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(
      `name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n`,
      runtime,
    );
    const seen: number[] = [];
    workflow.startMonitoring((progress) => seen.push(progress.settled));
    const run = workflow.start();
    const numbers: number[] = [];
    for await (const event of run.events()) numbers.push(event.seq);
    const late: number[] = [];
    for await (const event of run.events(3)) late.push(event.seq);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(late).toEqual(numbers.slice(3));
    expect([seen.at(-1), workflow.getProgress()?.settled]).toEqual([2, 2]);
  });
});

test("listeners: one that throws is noted in the run's log and stops nothing", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(`name: w\nsteps:\n${step("a")}\n`, runtime);
    workflow.startMonitoring(() => {
      throw new RangeError("mine");
    });
    const result = await workflow.execute();
    const logs = await runtime.store.logs(result.run_id);
    expect(result.status).toBe("completed");
    expect(logs.some((entry) => entry.level === "error" && entry.text.includes("mine"))).toBe(true);
  });
});

test("effects: what was recorded is not done again by a later attempt", async () => {
  const done: string[] = [];
  const careful = defineStep({
    class: "Careful",
    version: "1",
    inputs: {},
    outputs: { n: z.number() },
    async run({ attempt, effect }) {
      const n = await effect("pay", () => done.push("paid"));
      if (attempt < 3) throw new TypeError("later");
      return { n };
    },
  });
  const runtime = await createRuntime({ steps: [careful], store: "memory" });
  const file = join(folder, "careful.yml");
  writeFileSync(
    file,
    "name: w\nerror_handling: retry\nerror_handling_config: { retry_delay: 0 }\nsteps:\n  a: { class: Careful }\n",
  );
  const result = await (await Workflow.fromConfig(file, { runtime })).execute();
  expect([result.outputs, done, result.steps["a"]?.attempts]).toEqual([{ "a.n": 1 }, ["paid"], 3]);
  await runtime.close();
});

test("progress: it knows when the run began", async () => {
  await withRuntime(async (runtime) => {
    const workflow = await load(`name: w\nsteps:\n${step("a")}\n`, runtime);
    const run = workflow.start();
    await run.result();
    expect(run.progress().startedAt).toBeGreaterThan(0);
  });
});

test("rerun: the step named is run again although its result is in the cache, the steps after it need not be", async () => {
  await withRuntime(async (runtime) => {
    const cached = (text: string): string => text.replaceAll("cache: off", "cache: run");
    const workflow = await load(
      cached(`name: w\nsteps:\n${step("a")}\n${step("b", ", inputs: { in: { from: a.out } }")}\n`),
      runtime,
    );
    const first = await workflow.execute();
    world.calls = [];
    const result = await (await runtime.rerun(first.run_id, "a")).result();
    expect([result.outputs, world.calls]).toEqual([first.outputs, ["a"]]);
  });
});

test("store: a file where its folder should be is a clear error", async () => {
  const file = join(folder, "no-folder");
  writeFileSync(file, "");
  await expect(createRuntime({ store: file })).rejects.toMatchObject({ code: "E_STORE_IO" });
});
