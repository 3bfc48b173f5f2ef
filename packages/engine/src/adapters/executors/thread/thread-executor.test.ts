import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AttemptOutcome, AttemptRequest, ComponentCall, Executor } from "../../../contracts/executor.js";
import { conformanceCode, conformanceCodeSpec } from "../../../testing/conformance-steps.js";
import { executorConformance } from "../../../testing/executor-conformance.js";
import { openMemoryBlobs } from "../../blobs/memory-blobs.js";
import { createLocalExecutor } from "../local/local-executor.js";
import { createThreadExecutor, type ThreadExecutorOptions } from "./thread-executor.js";

executorConformance("thread", ({ blobs, codeSpec }) => createThreadExecutor({ blobs, code: codeSpec, lanes: 2 }), {
  ends: true,
  isolates: true,
});

const blobs = openMemoryBlobs();
const never = new AbortController().signal;
const logs: string[] = [];
const sink = {
  effect: () => Promise.resolve(),
  emit: () => Promise.resolve(),
  log: (level: string, text: string) => void logs.push(`${level} ${text}`),
  progress: () => undefined,
};
let folder = "";
let attempts = 0;
let executor: Executor | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-thread-"));
});
afterEach(async () => {
  await executor?.close();
  logs.length = 0;
  await rm(folder, { recursive: true, force: true });
});

function open(options: Partial<ThreadExecutorOptions> = {}): Executor {
  executor = createThreadExecutor({ blobs, code: conformanceCodeSpec(), lanes: 1, ...options });
  return executor;
}

function request(component: Partial<ComponentCall>, rest: Partial<AttemptRequest> = {}): AttemptRequest {
  attempts += 1;
  return {
    id: `run:${attempts}`,
    component: { class: "Echo", version: "1", config: {}, ...component },
    inputs: {},
    inputPorts: Object.keys(rest.inputs ?? {}),
    outputPorts: ["output"],
    attempt: 1,
    idempotencyKey: "key",
    runId: "run",
    step: "step",
    folders: { project: folder, roots: [], blobs: null, scratch: join(folder, "scratch") },
    secrets: {},
    effects: {},
    ...rest,
  };
}

const outputs = (outcome: AttemptOutcome): unknown =>
  outcome.status === "succeeded" ? outcome.outputs : outcome.status === "failed" ? outcome.failure : outcome;

describe("thread executor's lanes", () => {
  it("lanes: one is used again by the next attempt, as many run at once as there are", async () => {
    const two = open({ lanes: 2 });
    const thread = (): Promise<AttemptOutcome> => two.execute(request({ class: "Thread" }), sink, never);
    const first = outputs(await thread()) as { thread: number };
    expect(outputs(await thread())).toEqual({ thread: first.thread, marked: 2 });
    const both = (await Promise.all([thread(), thread()])).map(
      (outcome) => (outputs(outcome) as { thread: number }).thread,
    );
    expect(new Set(both).size).toBe(2);
    expect(both).toContain(first.thread);
  });

  it("lanes: another heap limit is another thread", async () => {
    const one = open();
    const thread = (memoryBytes?: number): Promise<AttemptOutcome> =>
      one.execute(request({ class: "Thread" }, memoryBytes === undefined ? {} : { memoryBytes }), sink, never);
    const plain = outputs(await thread()) as { thread: number };
    const limited = outputs(await thread(64e6)) as { thread: number };
    expect(limited.thread).not.toBe(plain.thread);
    expect(outputs(await thread(64e6))).toEqual({ thread: limited.thread, marked: 2 });
  });

  it("lanes: an attempt that is aborted while it waits for one never starts", async () => {
    const one = open();
    const first = new AbortController();
    const second = new AbortController();
    const running = one.execute(request({ class: "Obey" }), sink, first.signal);
    const waiting = one.execute(request({ class: "Ignore" }), sink, second.signal);
    const reason = { kind: "cancelled", code: "E_CANCELLED", message: "Attempt was cancelled: stop" };
    second.abort(reason);
    expect(outputs(await waiting)).toEqual(reason);
    first.abort(reason);
    expect(outputs(await running)).toEqual(reason);
    expect(outputs(await one.execute(request({}, { inputs: { a: 1 } }), sink, never))).toEqual({ a: 1 });
  });

  it("lanes: components in memory run on the other executor, and the log says so", async () => {
    const local = createLocalExecutor({ blobs, code: conformanceCode() });
    const here = open({ inMemory: { executor: local, owns: (component) => component.class === "Thread" } });
    expect(outputs(await here.execute(request({ class: "Thread" }), sink, never))).toMatchObject({ thread: 0 });
    expect(logs).toEqual([expect.stringMatching(/^debug Runs on local: Thread/)]);
  });

  it("lanes: step code that cannot be loaded fails the attempt, with its reason", async () => {
    const broken = open({ code: { url: new URL("./nowhere.js", import.meta.url).href, export: "nothing" } });
    const failure = { code: "E_STEP", message: expect.stringContaining("nowhere.js") };
    expect(outputs(await broken.execute(request({}), sink, never))).toMatchObject(failure);
  });

  it("lanes: idle ones do not keep the process from its end", async () => {
    const built = (path: string): string => JSON.stringify(new URL(`../../../../dist/${path}`, import.meta.url).href);
    const program = join(folder, "idle.mjs");
    await writeFile(
      program,
      `import { createThreadExecutor } from ${built("adapters/executors/thread/thread-executor.js")};
       const executor = createThreadExecutor({ blobs: {}, lanes: 2, code: { url: ${built("testing/conformance-steps.js")}, export: "conformanceCode" } });
       const sink = { effect: async () => {}, log() {}, progress() {} };
       const run = (step) => executor.execute({ ...${JSON.stringify(request({}))}, component: { class: step, version: "1", config: { value: "a number" } } }, sink, new AbortController().signal);
       const outcomes = await Promise.all([run("Give"), run("Print"), run("Exit")]);
       console.log(outcomes.map((outcome) => outcome.status).join());`,
    );
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program]);
    expect([stdout.trim(), stderr.trim()]).toEqual(["succeeded,succeeded,failed", ""]);
  });

  if ("getHeapStatistics" in Worker.prototype) {
    it("lanes: buffers count against the memory that an attempt declared", async () => {
      const outcome = await open().execute(
        request({ class: "HoardBytes" }, { memoryBytes: 64 * 1024 * 1024 }),
        sink,
        never,
      );
      expect(outputs(outcome)).toMatchObject({
        kind: "resource",
        code: "E_OUT_OF_MEMORY",
        message: expect.stringContaining("64 MiB allowed"),
      });
    });
  }
});

describe("thread executor with users' modules", () => {
  const code = (modules: boolean) => ({
    url: new URL("../../../runtime/lane-code.ts", import.meta.url).href,
    export: "laneStepCode",
    data: { cacheFolder: null, modules },
  });
  const run = (exported: string, rest: Partial<AttemptRequest> = {}, config = {}): Promise<AttemptOutcome> => {
    const component = { class: exported, config, module: { path: "steps.ts", export: exported } };
    return (executor ?? open({ code: code(true) })).execute(request(component, rest), sink, never);
  };

  beforeEach(async () => {
    executor = undefined;
    await writeFile(
      join(folder, "steps.ts"),
      `import { z } from "zod";
       import { defineStep, type NamedFunction } from "@nanobrain/engine";
       export const Count = defineStep({
         class: "Count", version: "1",
         inputs: { text: z.string() }, outputs: { words: z.number().int() },
         config: z.strictObject({ separator: z.string().default(" ") }),
         run: ({ inputs, config }) => ({ words: inputs.text.split(config.separator).length }),
       });
       export const shout: NamedFunction = (value: unknown) => String(value).toUpperCase();
       export function fails(): never {
         throw new TypeError("line 12 of the user's file");
       }
       export const notes: string = "no step";`,
    );
  });

  it("modules: a class of the user's runs in a lane, its config checked and filled in", async () => {
    expect(outputs(await run("Count", { inputs: { text: "to be or not" } }))).toEqual({ words: 4 });
    expect(outputs(await run("Count", { inputs: { text: "a,b" } }, { separator: "," }))).toEqual({ words: 2 });
    expect(outputs(await run("Count", { inputs: { text: 1 } }))).toMatchObject({
      kind: "data_validation",
      code: "E_VALUE_SCHEMA",
    });
    expect(outputs(await run("Count", {}, { seperator: "," }))).toMatchObject({
      kind: "configuration",
      code: "E_CONFIG",
      message: expect.stringContaining("seperator"),
    });
  });

  it("modules: a function of the user's runs in a lane; its failure names its line", async () => {
    expect(outputs(await run("shout", { inputs: { value: "hey" } }))).toEqual({ output: "HEY" });
    expect(outputs(await run("fails"))).toMatchObject({
      code: "E_STEP",
      message: "TypeError: line 12 of the user's file",
      stack: expect.stringMatching(/steps\.ts:11:\d+/),
    });
  });

  it("modules: an export that is none, or modules switched off, are configuration failures that say what to do", async () => {
    expect(outputs(await run("counts"))).toMatchObject({
      code: "E_MODULE_EXPORT",
      hint: "It exports Count, fails, shout.",
    });
    expect(outputs(await run("notes"))).toMatchObject({ code: "E_MODULE_EXPORT" });
    await executor?.close();
    executor = open({ code: code(false) });
    expect(outputs(await run("shout"))).toMatchObject({ kind: "configuration", code: "E_MODULES_OFF" });
  });

  it("modules: a fault in the file is a configuration failure with line and column", async () => {
    await writeFile(join(folder, "steps.ts"), "export const a: number = 1;\nexport const b: = 2;\n");
    expect(outputs(await run("Count"))).toMatchObject({
      kind: "configuration",
      code: "E_MODULE_SYNTAX",
      message: expect.stringContaining("steps.ts:2:17"),
    });
  });
});
