import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Executor } from "../contracts/executor.js";
import { ExecutorBench, type ExecutorParts } from "./executor-bench.js";
import { emits, suspensions } from "./executor-emits.js";
import { aborts, closing, endings, isolation } from "./executor-endings.js";

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
    const bench = new ExecutorBench(create);
    beforeEach(() => bench.open());
    afterEach(() => bench.close());
    outcomes(bench);
    many(bench);
    values(bench);
    effects(bench);
    emits(bench);
    suspensions(bench);
    reports(bench);
    files(bench);
    aborts(bench, promises);
    closing(bench);
    if (promises.ends) endings(bench);
    if (promises.isolates) isolation(bench);
  });
}

function outcomes(bench: ExecutorBench): void {
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
}

function many(bench: ExecutorBench): void {
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

  it("usage: what the step measured outside joins it, CPU time as a sum, of memory the largest", async () => {
    const { usage } = await bench.run("Measured");
    expect(usage.cpuMs).toBeGreaterThanOrEqual(7e9);
    expect(usage.cpuMs).toBeLessThan(8e9);
    expect(usage.peakMemoryBytes).toBe(7e15);
  });
}

function values(bench: ExecutorBench): void {
  it.each([
    ["a function", "a", "function"],
    ["NaN in a list", "a[1].b", "NaN"],
    ["a BigInt", "a", "BigInt"],
    ["a Map", "a", "Map"],
    ["bytes", "a", "context.keep"],
    ["a getter that throws", "a", "mine"],
    ["a circle", "a.self", "contains itself"],
    ["half a character", "a", "surrogate"],
    ["a __proto__ key", "a.__proto__", "__proto__"],
    ["a huge text", "a", "67108864"],
    ["a list instead of ports", "the result", "object"],
    ["nothing", "the result", "object"],
    ["a Date instead of ports", "the result", "object"],
  ])("outputs: %s is refused with its path", async (value, path, what) => {
    const outcome = await bench.run("Give", { value });
    expect(outcome).toMatchObject({
      status: "failed",
      failure: { kind: "data_validation", code: "E_OUTPUT_VALUE", details: { path } },
    });
    if (value !== "a Date instead of ports") expect(JSON.stringify(outcome)).toContain(what);
  });

  it("outputs: a key that the class does not declare is refused, undefined is absence, a Date is its text", async () => {
    expect(await bench.run("Give", { value: "a key too many" })).toMatchObject({
      failure: { code: "E_OUTPUT_PORT", details: { port: "c", class: "Give" } },
    });
    const outcome = await bench.run("Give", { value: "undefined and a Date" });
    expect(outcome.status === "succeeded" && outcome.outputs).toStrictEqual({ b: { at: "1970-01-01T00:00:00.000Z" } });
  });

  it("inputs and config: changing them changes nothing outside the attempt", async () => {
    const request = bench.request("Mutate", { kept: 1 }, { inputs: { list: [1, 2, 3] } });
    const outcome = await bench.executor.execute(request, bench.sink(), new AbortController().signal);
    expect(outcome).toMatchObject({ outputs: { list: [1, 2, 3, 4] } });
    expect([request.inputs, request.component.config]).toEqual([{ list: [1, 2, 3] }, { kept: 1 }]);
  });
}

function effects(bench: ExecutorBench): void {
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

function reports(bench: ExecutorBench): void {
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

function files(bench: ExecutorBench): void {
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
