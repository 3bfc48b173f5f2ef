import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryBlobs } from "../adapters/blobs/memory-blobs.js";
import type { Blobs } from "../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, Executor } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { StepCode, StepCodeSpec } from "../contracts/step-code.js";
import { classify } from "../errors/classify.js";
import { conformanceCode, conformanceCodeSpec } from "./conformance-steps.js";

/** What the suite gives an executor to run. */
export type ExecutorParts = { readonly blobs: Blobs; readonly code: StepCode; readonly codeSpec: StepCodeSpec };

export type ExecutorPromises = {
  /** Code that never yields is ended, and code that ignores its signal does not run on. */
  readonly ends: boolean;
  /** Exits, uncaught errors, leaks and memory of one attempt leave the others alone; what it prints is its log. */
  readonly isolates: boolean;
};

/** Registers the tests that every executor passes; promises that one does not make are left out. */
export function executorConformance(
  name: string,
  create: (parts: ExecutorParts) => Executor,
  promises: ExecutorPromises,
): void {
  describe(`${name} executor`, () => {
    const bench = new Bench(create);
    beforeEach(() => bench.open());
    afterEach(() => bench.close());
    outcomes(bench);
    values(bench);
    effects(bench);
    reports(bench);
    files(bench);
    aborts(bench, promises);
    closing(bench);
    if (promises.ends) endings(bench);
    if (promises.isolates) isolation(bench);
  });
}

const timeout: Failure = {
  kind: "timeout",
  code: "E_TIMEOUT",
  message: "Attempt ran longer than its timeout of 5 ms",
  details: { timeoutMs: 5 },
};

type Heard = {
  readonly effects: [string, Json][];
  readonly logs: string[];
  readonly progress: [number | null, string][];
};

/** One executor with a project folder, and a sink that remembers. */
class Bench {
  readonly heard: Heard = { effects: [], logs: [], progress: [] };
  folder = "";
  executor!: Executor;
  blobs!: Blobs;
  readonly #create: (parts: ExecutorParts) => Executor;
  #attempts = 0;

  constructor(create: (parts: ExecutorParts) => Executor) {
    this.#create = create;
  }

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "nanobrain-executor-"));
    this.blobs = openMemoryBlobs();
    this.executor = this.#create({ blobs: this.blobs, code: conformanceCode(), codeSpec: conformanceCodeSpec() });
    for (const list of Object.values(this.heard)) list.length = 0;
  }

  async close(): Promise<void> {
    await this.executor.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  request(step: string, config: JsonObject = {}, rest: Partial<AttemptRequest> = {}): AttemptRequest {
    this.#attempts += 1;
    const folders = { project: this.folder, roots: [], blobs: null, scratch: join(this.folder, "scratch") };
    return {
      id: `run-1:${this.#attempts}`,
      component: { class: step, version: "1", config },
      inputs: {},
      inputPorts: Object.keys(rest.inputs ?? {}),
      outputPorts: [],
      attempt: 1,
      idempotencyKey: "key",
      runId: "run-1",
      step: "outer/inner",
      folders,
      secrets: {},
      effects: {},
      ...rest,
    };
  }

  run(
    step: string,
    config?: JsonObject,
    rest?: Partial<AttemptRequest>,
    signal = new AbortController().signal,
  ): Promise<AttemptOutcome> {
    return this.executor.execute(this.request(step, config, rest), this.sink(), signal);
  }

  sink(): AttemptSink {
    return {
      effect: (name, value) => {
        this.heard.effects.push([name, value]);
        return Promise.resolve();
      },
      log: (level, text) => void this.heard.logs.push(`${level} ${text}`),
      progress: (fraction, note) => void this.heard.progress.push([fraction, note]),
    };
  }

  async witnessed(): Promise<readonly string[]> {
    const text = await readFile(join(this.folder, "witness"), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  /** Resolves when the step has written that line. */
  async hasWitnessed(line: string): Promise<void> {
    await expect.poll(() => this.witnessed(), { timeout: 60_000, interval: 5 }).toContain(line);
  }

  /** Starts a step, waits until it says so, aborts it. */
  async aborted(step: string, reason: unknown = timeout): Promise<AttemptOutcome> {
    const aborter = new AbortController();
    const ending = this.run(step, {}, {}, aborter.signal);
    await this.hasWitnessed("started");
    aborter.abort(reason);
    return ending;
  }
}

function outcomes(bench: Bench): void {
  it("attempt: its outputs come back with what it took", async () => {
    const inputs = { text: "grüezi", list: [1, 2.5, null, { deep: [true] }] };
    const outcome = await bench.run("Echo", {}, { inputs });
    const bytes = Buffer.byteLength(JSON.stringify(inputs));
    expect(outcome).toMatchObject({
      status: "succeeded",
      outputs: inputs,
      usage: { inputBytes: bytes, outputBytes: bytes },
    });
    expect(outcome.usage.durationMs).toBeGreaterThanOrEqual(0);
  });

  it("attempt: its code sees its place, its key, its attempt and its config", async () => {
    const rest = { attempt: 3, idempotencyKey: "abc", outputPorts: ["x"], secrets: { T: "hunter2!" } };
    const outcome = await bench.run("Context", { a: "<${secret:T}>", list: [1] }, rest);
    const outputs = {
      attempt: 3,
      idempotencyKey: "abc",
      runId: "run-1",
      step: "outer/inner",
      outputPorts: ["x"],
      config: { a: "<***>", list: [1] },
    };
    expect(outcome).toMatchObject({ status: "succeeded", outputs });
  });

  it("failure: kind, code, details and retry traits of the step's error arrive", async () => {
    const outcome = await bench.run("Fail", {
      kind: "network",
      retryAfterMs: 1500,
      retryable: true,
      hint: "Wait.",
      details: { a: [1] },
    });
    const failure = {
      kind: "network",
      code: "E_STEP",
      retryAfterMs: 1500,
      retryable: true,
      hint: "Wait.",
      details: { a: [1], what: "on purpose" },
    };
    expect(outcome).toMatchObject({ status: "failed", failure });
    expect(await bench.run("ThrowText")).toMatchObject({
      failure: { kind: "step", code: "E_STEP", message: "a text" },
    });
  });

  it("failure: a class that nobody registered, a secret that nobody set", async () => {
    expect(await bench.run("Nobody")).toMatchObject({
      status: "failed",
      failure: { kind: "configuration", code: "E_CLASS" },
    });
    expect(await bench.run("Context", { t: "${secret:NONE}" })).toMatchObject({
      failure: { code: "E_SECRET", details: { name: "NONE" } },
    });
  });

  it("attempts: many at once all end, each with its own result", async () => {
    const many = await Promise.all(
      Array.from({ length: 40 }, (_, n) => bench.run(n % 4 === 3 ? "ThrowText" : "Echo", {}, { inputs: { n } })),
    );
    expect(many.map((outcome) => (outcome.status === "succeeded" ? outcome.outputs["n"] : null))).toEqual(
      many.map((_, n) => (n % 4 === 3 ? null : n)),
    );
  });

  it("usage: the time of the attempt is measured, CPU time where it can be told apart", async () => {
    const { usage } = await bench.run("Work", { busyMs: 60 });
    expect(usage.durationMs).toBeGreaterThanOrEqual(60);
    if (usage.cpuMs !== null) expect(usage.cpuMs).toBeLessThanOrEqual(usage.durationMs * 1.5);
    if (process.platform === "linux") expect(usage.cpuMs).toBeGreaterThan(1);
  });
}

function values(bench: Bench): void {
  it.each([
    ["{ a: () => 1 }", "a", "function"],
    ["{ a: [1, { b: NaN }] }", "a[1].b", "NaN"],
    ["{ a: 1n }", "a", "BigInt"],
    ["{ a: new Map() }", "a", "Map"],
    ["{ a: new Uint8Array(2) }", "a", "context.keep"],
    ["{ get a() { throw new TypeError('mine') } }", "a", "mine"],
    ["(() => { const a = {}; a.self = a; return { a }; })()", "a.self", "contains itself"],
    ["{ a: 'x\\ud800' }", "a", "surrogate"],
    ['JSON.parse(\'{"a":{"__proto__":1}}\')', "a.__proto__", "__proto__"],
    ["{ a: 'x'.repeat(70000000) }", "a", "67108864"],
    ["[1]", "the result", "object"],
    ["undefined", "the result", "object"],
    ["new Date()", "the result", "object"],
  ])("outputs: %s is refused with its path", async (value, path, what) => {
    const outcome = await bench.run("Give", { value });
    expect(outcome).toMatchObject({
      status: "failed",
      failure: { kind: "data_validation", code: "E_OUTPUT_VALUE", details: { path } },
    });
    if (value !== "new Date()") expect(JSON.stringify(outcome)).toContain(what);
  });

  it("outputs: a key that the class does not declare is refused, undefined is absence, a Date is its text", async () => {
    expect(await bench.run("Give", { value: "{ a: 1, c: 2 }" })).toMatchObject({
      failure: { code: "E_OUTPUT_PORT", details: { port: "c", class: "Give" } },
    });
    const outcome = await bench.run("Give", { value: "{ a: undefined, b: { at: new Date(0), none: undefined } }" });
    expect(outcome.status === "succeeded" && outcome.outputs).toStrictEqual({ b: { at: "1970-01-01T00:00:00.000Z" } });
  });

  it("inputs and config: changing them changes nothing outside the attempt", async () => {
    const request = bench.request("Mutate", { kept: 1 }, { inputs: { list: [1, 2, 3] } });
    const outcome = await bench.executor.execute(request, bench.sink(), new AbortController().signal);
    expect(outcome).toMatchObject({ outputs: { list: [1, 2, 3, 4] } });
    expect([request.inputs, request.component.config]).toEqual([{ list: [1, 2, 3] }, { kept: 1 }]);
  });
}

function effects(bench: Bench): void {
  it("effect: its result is handed to the host before the step goes on, and given back on the next attempt", async () => {
    expect(await bench.run("Effects", { fail: true })).toMatchObject({ status: "failed" });
    expect(bench.heard.effects).toEqual([
      ["first", { at: 1 }],
      ["second", null],
    ]);
    const recorded = Object.fromEntries(bench.heard.effects);
    const again = await bench.run("Effects", {}, { attempt: 2, effects: recorded });
    expect(again).toMatchObject({ status: "succeeded", outputs: { first: { at: 1 }, second: null } });
    expect(await bench.witnessed()).toEqual(["first", "second"]);
    expect(bench.heard.effects).toHaveLength(2);
  });

  it("effect: a name given twice, and a result that is no JSON, fail the attempt", async () => {
    expect(await bench.run("EffectTwice")).toMatchObject({
      failure: { code: "E_EFFECT_TWICE", details: { name: "same" } },
    });
    expect(await bench.run("EffectValue")).toMatchObject({
      failure: { code: "E_OUTPUT_VALUE", details: { path: "effect bad" } },
    });
  });

  it("effect: a result that cannot be recorded fails the attempt with the host's reason", async () => {
    const sink = {
      ...bench.sink(),
      effect: () => Promise.reject(Object.assign(new Error("disk full"), { code: "ENOSPC" })),
    };
    const outcome = await bench.executor.execute(bench.request("Effects"), sink, new AbortController().signal);
    expect(outcome).toMatchObject({
      status: "failed",
      failure: { kind: "resource", message: expect.stringContaining("disk full") },
    });
    expect(await bench.witnessed()).toEqual(["first"]);
  });
}

function reports(bench: Bench): void {
  it("progress and log: they reach the host in order, within bounds", async () => {
    await bench.run("Report");
    expect(bench.heard.progress).toEqual([
      [0.25, "a quarter"],
      [1, ""],
      [null, "unknown"],
    ]);
    expect(bench.heard.logs).toEqual(["warn careful"]);
    await bench.run("Chatter", { lines: 12_000 });
    expect(bench.heard.logs.length).toBe(1 + 10_000 + 1);
    bench.heard.logs.length = 0;
    await bench.run("Chatter", { lines: 1, length: 100_000 });
    expect(bench.heard.logs[0]?.length).toBeLessThan(9_000);
  });

  it("secrets: they fill the config, and are masked in logs, effects, outputs and failures", async () => {
    const token = "hunter2 & söns+/=";
    const config = { token: "${secret:TOKEN}" };
    const outcome = await bench.run("Secret", config, { secrets: { TOKEN: token } });
    expect(outcome).toMatchObject({
      status: "succeeded",
      outputs: { length: token.length, shown: "Bearer ***", kept: { token: "***" } },
    });
    const failed = await bench.run("Secret", { ...config, fail: true }, { secrets: { TOKEN: token } });
    expect(failed).toMatchObject({
      failure: { message: "Step failed: rejected ***", details: { url: "http://x/?t=***" } },
    });
    const everything = JSON.stringify([outcome, failed, bench.heard]);
    for (const text of ["hunter2", Buffer.from(token).toString("base64").slice(0, -4), encodeURIComponent(token)])
      expect(everything).not.toContain(text);
    expect(everything).not.toContain(Buffer.from(`user:${token}`).toString("base64").slice(8, -4));
  });
}

function files(bench: Bench): void {
  it("files: kept, read and located; fresh folders are gone afterwards", async () => {
    const outcome = await bench.run("Files");
    expect(outcome).toMatchObject({
      status: "succeeded",
      outputs: {
        files: [
          { name: "note.txt", size_bytes: 6, media_type: "text/plain" },
          { name: "big.bin", size_bytes: 3 * 1024 * 1024, media_type: "application/octet-stream" },
          { name: "made.csv", size_bytes: 4, media_type: "text/csv" },
        ],
        same: true,
        located: "hällo",
        other: true,
      },
    });
    if (outcome.status !== "succeeded") return;
    const [note] = outcome.outputs["files"] as readonly { readonly $file: string }[];
    expect(Buffer.from(await bench.blobs.get(note?.$file ?? "")).toString()).toBe("hällo");
    expect(existsSync(String(outcome.outputs["folder"]))).toBe(false);
    expect(await readdir(join(bench.folder, "scratch")).catch(() => [])).toEqual([]);
  });
}

function aborts(bench: Bench, { ends }: ExecutorPromises): void {
  it("abort: code that obeys its signal ends, and the outcome is the reason of the signal", async () => {
    expect(await bench.aborted("Obey")).toMatchObject({ status: "failed", failure: timeout });
    expect(await bench.witnessed()).toEqual(["started", "obeyed"]);
  });

  it("abort: a result that comes after it is refused", async () => {
    expect(await bench.aborted("Succeed")).toMatchObject({ status: "failed", failure: timeout });
  });

  it("abort: before the start nothing runs", async () => {
    expect(await bench.run("Ignore", {}, {}, AbortSignal.abort(timeout))).toMatchObject({
      status: "failed",
      failure: timeout,
    });
    expect(await bench.witnessed()).toEqual([]);
  });

  it("abort: effects and files that come after it are refused", async () => {
    expect(await bench.aborted("Late")).toMatchObject({ failure: timeout });
    if (!ends) await bench.hasWitnessed("file refused");
    expect(bench.heard.effects).toEqual([]);
  });

  it("abort: an abort without a reason of ours is a cancellation", async () => {
    expect(await bench.aborted("Obey", new DOMException("stop", "AbortError"))).toMatchObject({
      failure: { kind: "cancelled", code: "E_CANCELLED" },
    });
    expect(classify(timeout)).toEqual(timeout);
  });
}

function closing(bench: Bench): void {
  it("close: what runs is cancelled, what comes is refused", async () => {
    const running = bench.run("Obey");
    await bench.hasWitnessed("started");
    await bench.executor.close();
    const cancelled = { status: "failed", failure: { kind: "cancelled", code: "E_CANCELLED" } };
    expect(await running).toMatchObject(cancelled);
    expect(await bench.run("Echo")).toMatchObject(cancelled);
  });
}

function endings(bench: Bench): void {
  it.each(["Ignore", "Spin"])("end: %s is ended at its abort, and does not run on", async (step) => {
    expect(await bench.aborted(step)).toMatchObject({ status: "failed", failure: timeout });
    const after = (await bench.witnessed()).length;
    // Another attempt takes its time meanwhile.
    expect(await bench.run("Work", { busyMs: 50 })).toMatchObject({ status: "succeeded" });
    expect((await bench.witnessed()).length).toBe(after);
  });

  it("end: while one attempt spins, others and the event loop go on", async () => {
    const aborter = new AbortController();
    const spinning = bench.run("Spin", {}, {}, aborter.signal);
    await bench.hasWitnessed("started");
    expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({ status: "succeeded" });
    aborter.abort(timeout);
    expect(await spinning).toMatchObject({ failure: timeout });
  });
}

function isolation(bench: Bench): void {
  it.each([
    ["Exit", { code: 3 }, "process.exit(3)"],
    ["Exit", { code: 0 }, "process.exit(0)"],
    ["Uncaught", {}, "in a callback"],
    ["Rejection", {}, "nobody awaits"],
  ])("isolation: %s %j fails its own attempt only", async (step, config, what) => {
    const other = bench.run("Work", { busyMs: 20 });
    const outcome = await bench.run(step, config);
    expect(outcome).toMatchObject({ status: "failed", failure: { kind: "step", code: "E_LANE_DIED" } });
    expect(JSON.stringify(outcome)).toContain(what);
    expect(await other).toMatchObject({ status: "succeeded" });
    expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({ status: "succeeded", outputs: { a: 1 } });
  });

  it("isolation: an attempt that runs out of memory is named so, and fails alone", async () => {
    const other = bench.run("Work", { busyMs: 20 });
    const outcome = await bench.run("Hoard", {}, { memoryBytes: 40 * 1024 * 1024 });
    expect(outcome).toMatchObject({ status: "failed", failure: { kind: "resource", code: "E_OUT_OF_MEMORY" } });
    expect(await other).toMatchObject({ status: "succeeded" });
    expect(await bench.run("Echo")).toMatchObject({ status: "succeeded" });
  });

  it("isolation: timers that an attempt leaves behind do not run on beside the next one", async () => {
    expect(await bench.run("Leak")).toMatchObject({ status: "succeeded", outputs: { leaking: true } });
    const after = (await bench.witnessed()).length;
    expect(await bench.run("Work", { busyMs: 50 })).toMatchObject({ status: "succeeded" });
    expect((await bench.witnessed()).length).toBe(after);
  });

  it("isolation: what code prints becomes lines of its log", async () => {
    expect(await bench.run("Print")).toMatchObject({ status: "succeeded" });
    expect(bench.heard.logs).toEqual(["info one", "info two parts", "warn trouble", "info no end of line"]);
  });
}
