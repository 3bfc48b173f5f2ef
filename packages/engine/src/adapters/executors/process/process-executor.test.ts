import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AttemptOutcome, AttemptRequest } from "../../../contracts/executor.js";
import { conformanceCode, conformanceCodeSpec } from "../../../testing/conformance-steps.js";
import { ExecutorBench, timeout } from "../../../testing/executor-bench.js";
import { executorConformance } from "../../../testing/executor-conformance.js";
import { createLocalExecutor } from "../local/local-executor.js";
import { createThreadExecutor } from "../thread/thread-executor.js";
import { createProcessExecutor } from "./process-executor.js";

const code = conformanceCodeSpec();
executorConformance("process", ({ blobs }) => createProcessExecutor({ blobs, code, lanes: 2 }), {
  ends: true,
  isolates: true,
});

const isLinux = process.platform === "linux";
const mebibyte = 1024 * 1024;
const bench = new ExecutorBench(({ blobs }) => createProcessExecutor({ blobs, code, lanes: 1 }));
beforeEach(() => bench.open());
afterEach(() => bench.close());

const outputs = (outcome: AttemptOutcome): { readonly [port: string]: unknown } =>
  outcome.status === "succeeded" ? outcome.outputs : { outcome };

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
function alive(pid: number): boolean {
  if (!isLinux) return signalled(pid);
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : "";
  return stat !== "" && !/^ [ZX] /.test(stat.slice(stat.lastIndexOf(")") + 1));
}

function signalled(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const patiently = { timeout: 60_000, interval: 10 };
const pidIn = async (name: string): Promise<number> => {
  const read = async (): Promise<string> => readFile(join(bench.folder, name), "utf8").catch(() => "");
  await expect.poll(read, patiently).toMatch(/^\d+\n$/);
  return Number(await read());
};

describe("process executor's processes", () => {
  it("processes: one is used again by the next attempt; another limit of memory is another process", async () => {
    const { pid, environment } = outputs(await bench.run("Process"));
    expect(pid).not.toBe(process.pid);
    expect(outputs(await bench.run("Process"))).toEqual({ pid, marked: 2, environment });
    const limited = outputs(await bench.run("Process", {}, { memoryBytes: 64 * mebibyte }));
    expect(limited["pid"]).not.toBe(pid);
    expect(outputs(await bench.run("Process"))["pid"]).not.toBe(pid);
  });

  it("processes: those that were added while others waited for room are ended when that is over", async () => {
    const held: (() => void)[] = [];
    const emit = (): Promise<void> => new Promise((resolve) => held.push(resolve));
    const never = new AbortController().signal;
    const start = () => bench.executor.execute(bench.request("EmitHeld"), { ...bench.sink(), emit }, never);
    const waiting = [start(), start(), start()];
    await expect.poll(() => held.length, patiently).toBe(3);
    for (const go of held) go();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(3).fill("succeeded"));
    const pids = await Promise.all([bench.run("Process"), bench.run("Process"), bench.run("Process")]);
    expect(new Set(pids.map((outcome) => outputs(outcome)["pid"])).size).toBe(1);
  });

  it("environment: nothing of this process's own but what programs need", async () => {
    process.env["NANOBRAIN_TEST_PASSWORD"] = "hunter2";
    try {
      const { environment } = outputs(await bench.run("Process"));
      expect(environment).toContain("PATH");
      expect(environment).not.toContain("NANOBRAIN_TEST_PASSWORD");
    } finally {
      delete process.env["NANOBRAIN_TEST_PASSWORD"];
    }
  });

  it.each(["SIGKILL", "SIGSEGV", "SIGTERM"])(
    "poison: %s of its own process fails the attempt alone",
    async (signal) => {
      const outcome = await bench.run("Kill", { signal });
      expect(outcome).toMatchObject({
        status: "failed",
        failure: { kind: "step", code: "E_LANE_DIED", message: expect.stringContaining(`signal ${signal} ended it`) },
      });
      expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({
        status: "succeeded",
        outputs: { a: 1 },
      });
    },
  );

  it("values: 50 MB in and out, as they were", async () => {
    const text = 'ä"x'.repeat(12_500_000);
    const echoed = outputs(await bench.run("Echo", {}, { inputs: { text } }));
    expect(echoed["text"] === text).toBe(true);
    const made = outputs(await bench.run("Repeat", { times: 50_000_000 }));
    expect(made["text"] === "x".repeat(50_000_000)).toBe(true);
  });

  it("output: what its children print becomes lines of its log", async () => {
    await bench.run("Start", { command: "echo from a child; echo trouble >&2; sleep 0.2", next: "end" });
    await expect.poll(() => [...bench.heard.logs].sort(), patiently).toEqual(["info from a child", "warn trouble"]);
  });

  it("usage: CPU time and memory are the attempt's own", async () => {
    const { usage } = await bench.run("Work", { busyMs: 60 });
    expect(usage.cpuMs).toBeGreaterThan(1);
    const grown = (await bench.run("Grow", { bytes: 200 * mebibyte })).usage.peakMemoryBytes;
    expect(grown).toBeGreaterThan(200 * mebibyte);
  });
});

describe("process executor's limits of memory", () => {
  it("heap: what is more than declared is a failure of kind resource", async () => {
    const outcome = await bench.run("Hoard", {}, { memoryBytes: 64 * mebibyte });
    expect(outcome).toMatchObject({ failure: { kind: "resource", code: "E_OUT_OF_MEMORY" } });
    expect(JSON.stringify(outcome)).toContain("64 MiB");
  });

  it.runIf(isLinux).each([
    ["HoardBytes", {}],
    ["Start", { command: "head -c 200000000 /dev/zero | tail -c 199000000 | wc -c", next: "end" }],
  ])("buffers and children: %s is ended, and both figures are named", async (step, config) => {
    const outcome = await bench.run(step, config, { memoryBytes: 48 * mebibyte });
    expect(outcome).toMatchObject({
      failure: {
        kind: "resource",
        code: "E_OUT_OF_MEMORY",
        message: expect.stringMatching(/\d+ MiB are held, 48 MiB allowed/),
      },
    });
    expect(await bench.run("Echo")).toMatchObject({ status: "succeeded" });
  });

  it("what the process itself needs does not count", async () => {
    for (const step of ["Echo", "Files", "Effects"])
      expect(await bench.run(step, {}, { memoryBytes: 32 * mebibyte })).toMatchObject({ status: "succeeded" });
    const work = await bench.run("Work", { busyMs: 300 }, { memoryBytes: 32 * mebibyte });
    expect(work).toMatchObject({ status: "succeeded" });
  });

  it("a limit for attempts that declare none", async () => {
    const limited = createProcessExecutor({ blobs: bench.blobs, code, lanes: 1, memoryBytes: 64 * mebibyte });
    const never = new AbortController().signal;
    const outcome = await limited.execute(bench.request("Hoard"), bench.sink(), never);
    await limited.close();
    expect(outcome).toMatchObject({ failure: { code: "E_OUT_OF_MEMORY" } });
  });
});

describe("process executor and orphans", () => {
  const command = "echo $$ > pid; sleep 600 & echo $! > child; wait";

  it.each([
    ["its abort", false, "wait"],
    ["its abort while it spins", false, "spin"],
    ["its exit", false, "exit"],
    ["its return, when the executor closes", false, "return"],
    ...(isLinux ? [["its abort, what left its group", true, "wait"] as const] : []),
  ] as const)("nothing that it started is left after %s", async (_when, detached, next) => {
    const aborter = new AbortController();
    const ending = bench.run("Start", { command, detached, next }, {}, aborter.signal);
    const pids = [await pidIn("pid"), await pidIn("child")];
    if (next === "wait" || next === "spin") aborter.abort(timeout);
    const status = next === "return" ? "succeeded" : "failed";
    expect(await ending).toMatchObject({ status });
    if (next === "return") await bench.executor.close();
    expect(pids.map(alive)).toEqual([false, false]);
  });
});

describe("the three executors", () => {
  const never = new AbortController().signal;
  const secrets = { TOKEN: "hunter2 & söns+/=" };
  const attempts: readonly (readonly [string, AttemptRequest["component"]["config"], Partial<AttemptRequest>?])[] = [
    ["Echo", {}, { inputs: { text: "grüezi", list: [1, 2.5, null, { deep: [true] }] } }],
    ["Context", { a: "<${secret:TOKEN}>" }, { attempt: 3, secrets, outputPorts: ["x"] }],
    ["Give", { value: "undefined and a Date" }],
    ["Give", { value: "NaN in a list" }],
    ["Give", { value: "a key too many" }],
    ["Fail", { kind: "network", retryAfterMs: 1500, retryable: true, hint: "Wait.", details: { a: [1] } }],
    ["ThrowText", {}],
    ["Nobody", {}],
    ["Effects", {}],
    ["EffectTwice", {}],
    ["Secret", { token: "${secret:TOKEN}" }, { secrets }],
    ["Secret", { token: "${secret:TOKEN}", fail: true }, { secrets }],
    [
      "Emits",
      {
        list: [
          ["a", 1],
          ["b", 2],
        ],
        result: { c: 3 },
      },
    ],
    ["Suspend", { until: 1_900_000_000_000 }],
    ["Suspend", { ask: { question: "Well?", choices: ["yes"] } }],
  ];

  it("give the same results, failures, effects, emits, logs and progress", async () => {
    const executors = [
      createLocalExecutor({ blobs: bench.blobs, code: conformanceCode() }),
      createThreadExecutor({ blobs: bench.blobs, code, lanes: 1 }),
      createProcessExecutor({ blobs: bench.blobs, code, lanes: 1 }),
    ];
    const found: unknown[] = [];
    for (const executor of executors) {
      const outcomes: unknown[] = [];
      for (const [step, config, rest] of attempts) {
        const outcome = await executor.execute(bench.request(step, config, rest), bench.sink(), never);
        outcomes.push({ ...outcome, usage: undefined, failure: withoutStack(outcome) });
      }
      found.push({ outcomes, heard: structuredClone(bench.heard) });
      for (const list of Object.values(bench.heard)) list.length = 0;
      await executor.close();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });
});

function withoutStack(outcome: AttemptOutcome): unknown {
  return outcome.status === "failed" ? { ...outcome.failure, stack: undefined } : undefined;
}
