import { appendFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StepCall, StepDefinition, StepPorts } from "../contracts/component.js";
import type { Json } from "../contracts/json.js";
import type { StepCode, StepCodeSpec } from "../contracts/step-code.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { stepFailure } from "../errors/step-failure.js";

/** The steps that the conformance suite of executors runs, well and badly behaved ones, by class. */
type Run = (call: StepCall) => unknown;

const forever = (): Promise<never> => new Promise(() => undefined);
const afterTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const witness = (call: StepCall, line: string): void =>
  appendFileSync(join(call.context.folders.project, "witness"), `${line}\n`);

/** Keeps the event loop busy, as code that waits for something that never comes. */
function ticking(work: () => void): Promise<never> {
  setInterval(work, 5);
  return forever();
}

function spin(): never {
  for (;;) Math.sqrt(Date.now());
}

/** What `Give` gives, by its name in the suite. */
const given: { readonly [name: string]: () => unknown } = {
  "a number": () => ({ a: 1 }),
  "a function": () => ({ a: () => 1 }),
  "NaN in a list": () => ({ a: [1, { b: Number.NaN }] }),
  "a BigInt": () => ({ a: 1n }),
  "a Map": () => ({ a: new Map() }),
  bytes: () => ({ a: new Uint8Array(2) }),
  "a getter that throws": () => ({
    get a() {
      throw stepFailure("mine");
    },
  }),
  "a circle": () => {
    const a: { [key: string]: unknown } = {};
    a["self"] = a;
    return { a };
  },
  "half a character": () => ({ a: "x\ud800" }),
  "a __proto__ key": () => JSON.parse('{"a":{"__proto__":1}}') as unknown,
  "a huge text": () => ({ a: "x".repeat(70_000_000) }),
  "a list instead of ports": () => [1],
  nothing: () => undefined,
  "a Date instead of ports": () => new Date(),
  "a key too many": () => ({ a: 1, c: 2 }),
  "undefined and a Date": () => ({ a: undefined, b: { at: new Date(0), none: undefined } }),
};

const runs: { readonly [name: string]: Run } = {
  Echo: ({ inputs }) => inputs,
  Context: ({ context, config }) => {
    const { attempt, idempotencyKey, runId, step, outputPorts } = context;
    return { attempt, idempotencyKey, runId, step, outputPorts: [...outputPorts], config };
  },
  Give: ({ config }) => given[String(config["value"])]?.(),
  Mutate: ({ inputs, config }) => {
    (inputs["list"] as Json[]).push(4);
    (config as { [key: string]: Json })["added"] = true;
    return { list: inputs["list"] };
  },
  Fail: ({ config }) => {
    throw stepFailure("on purpose", config);
  },
  ThrowText: () => {
    throw "a text" as unknown;
  },
  Obey: ({ context }) =>
    new Promise((_resolve, reject) => {
      witness({ context } as StepCall, "started");
      context.signal.addEventListener("abort", () => {
        witness({ context } as StepCall, "obeyed");
        reject(context.signal.reason as Error);
      });
    }),
  Succeed: ({ context }) =>
    new Promise((resolve) => {
      witness({ context } as StepCall, "started");
      context.signal.addEventListener("abort", () => resolve({ a: 1 }));
    }),
  Ignore: (call) => {
    witness(call, "started");
    return ticking(() => witness(call, "tick"));
  },
  Spin: (call) => {
    witness(call, "started");
    return spin();
  },
  Late: async (call) => {
    const { context } = call;
    witness(call, "started");
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    await context.effect("late", () => 1).catch(() => witness(call, "effect refused"));
    await context.keep("late.txt", "late").catch(() => witness(call, "file refused"));
    return forever();
  },
  Effects: async (call) => {
    const { context, config } = call;
    const first = await context.effect("first", () => {
      witness(call, "first");
      return { at: context.attempt };
    });
    const nothing = async (): Promise<void> => {
      await afterTurn();
      witness(call, "second");
    };
    const second = await context.effect("second", nothing as () => Promise<never>);
    if (config["fail"] === true) throw stepFailure("after effects");
    return { first, second };
  },
  EffectTwice: async ({ context }) => {
    await context.effect("same", () => 1);
    return { never: await context.effect("same", () => 2) };
  },
  EffectValue: async ({ context }) => ({ never: await context.effect("bad", () => new Map() as never) }),
  Emits: async ({ context, config }) => {
    for (const [port, value] of config["list"] as [string, Json][]) {
      const sent = context.emit(port, value);
      if (config["awaited"] === true) await sent;
    }
    return config["result"];
  },
  EmitMany: ({ context, config }) => {
    for (let n = 0; n < Number(config["count"]); n++) void context.emit("n", n);
    return {};
  },
  EmitChanged: ({ context }) => {
    const list = [1];
    void context.emit("list", list);
    list.push(2);
    return {};
  },
  EmitCaught: async (call) => {
    const strange = { "a function": () => 1, "a Map": new Map() }[String(call.config["value"])] as unknown;
    const value = strange === undefined ? 1 : strange;
    await call.context.emit(String(call.config["port"]), value as Json).catch(() => witness(call, "emit refused"));
    return {};
  },
  EmitHeld: async (call) => {
    witness(call, "started");
    await call.context.emit("held", 1).catch((error: unknown) => {
      witness(call, "emit refused");
      throw error;
    });
    return { went: "on" };
  },
  EmitThenFail: ({ context }) => {
    void context.emit("n", 1);
    throw stepFailure("after an emit");
  },
  Suspend: ({ context, config }) => {
    if (config["emits"] === true) void context.emit("n", 1);
    return context.suspend(
      config["until"] === undefined ? { ask: config["ask"] as never } : { until: Number(config["until"]) },
    );
  },
  Secret: async ({ context, config }) => {
    const token = String(config["token"]);
    context.log("info", `token ${token}`);
    const kept = await context.effect("kept", () => ({ token }));
    if (config["fail"] === true)
      throw stepFailure(`rejected ${token}`, { details: { url: `http://x/?t=${encodeURIComponent(token)}` } });
    return {
      length: token.length,
      shown: `Bearer ${token}`,
      basic: Buffer.from(`user:${token}`).toString("base64"),
      kept,
    };
  },
  Report: async ({ context }) => {
    context.progress(0.25, "a quarter");
    context.progress(7);
    context.progress(Number.NaN, "unknown");
    context.log("warn", "careful");
    await afterTurn();
    return {};
  },
  Chatter: ({ context, config }) => {
    for (let i = 0; i < Number(config["lines"]); i++)
      context.log("info", `${i}`.padEnd(Number(config["length"] ?? 1), "x"));
    return {};
  },
  Print: async () => {
    process.stdout.write("one\ntwo");
    process.stdout.write(" parts\n");
    process.stderr.write("trouble\n");
    process.stdout.write("no end of line");
    await afterTurn();
    return {};
  },
  Files: async ({ context }) => {
    const big = Buffer.alloc(3 * 1024 * 1024, "nanobrain ");
    const folder = await context.freshFolder();
    const path = join(folder, "made.csv");
    await writeFile(path, "a,b\n");
    const files = [
      await context.keep("dir/note.txt", "hällo"),
      await context.keep("big.bin", big),
      await context.keep("made.csv", { path }),
    ];
    const same = Buffer.from(await context.read(files[1] as (typeof files)[0])).equals(big);
    const located = await readFile(await context.locate(files[0] as (typeof files)[0]), "utf8");
    return { files, same, located, folder, other: (await context.freshFolder()) !== folder };
  },
  Work: async ({ config }) => {
    const end = performance.now() + Number(config["busyMs"]);
    while (performance.now() < end) Math.sqrt(end);
    await afterTurn();
    return { done: true };
  },
  Measured: ({ context }) => {
    context.measured({ cpuMs: 3e9, peakMemoryBytes: 7e15 });
    context.measured({ cpuMs: 4e9, peakMemoryBytes: 6e15 });
    return {};
  },
  Exit: ({ config }) => process.exit(Number(config["code"])),
  Uncaught: () => {
    const fault = new RangeError("in a callback");
    setImmediate(() => {
      throw fault;
    });
    return forever();
  },
  Rejection: () => {
    void Promise.reject(new RangeError("nobody awaits"));
    return ticking(() => undefined);
  },
  Hoard: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
  },
  HoardBytes: async () => {
    const kept: Uint8Array[] = [];
    for (;;) {
      kept.push(new Uint8Array(1024 * 1024).fill(kept.length));
      await afterTurn();
    }
  },
  Leak: (call) => {
    setInterval(() => witness(call, "leaked"), 1);
    return { leaking: true };
  },
  Process: () => ({ pid: process.pid, marked: markThread(), environment: Object.keys(process.env) }),
  Kill: ({ config }) => {
    process.kill(process.pid, String(config["signal"]));
    return forever();
  },
  Start: async (call) => {
    const { spawn } = await import("node:child_process");
    const { command, detached, next } = call.config;
    const child = spawn("/bin/sh", ["-c", String(command)], {
      cwd: call.context.folders.project,
      detached: detached === true,
      stdio: ["ignore", "inherit", "inherit"],
    });
    witness(call, "started");
    if (next === "exit" || next === "return") {
      const written = join(call.context.folders.project, "child");
      while (!/^\d+\n$/.test(await readFile(written, "utf8").catch(() => ""))) await afterTurn();
      return next === "exit" ? process.exit(4) : {};
    }
    if (next === "end") return new Promise((resolve) => child.on("exit", () => resolve({})));
    return next === "spin" ? spin() : ticking(() => undefined);
  },
  Grow: async ({ config }) => {
    const bytes = Buffer.alloc(Number(config["bytes"]), 1);
    await afterTurn();
    return { length: bytes.length };
  },
  Repeat: ({ config, inputs }) => ({ text: String(inputs["text"] ?? "x").repeat(Number(config["times"])) }),
  Thread: async () => ({ thread: (await import("node:worker_threads")).threadId, marked: markThread() }),
};

let marks = 0;
function markThread(): number {
  marks += 1;
  return marks;
}

const closed: StepPorts = { inputs: {}, outputs: { a: {}, b: {} }, openInputs: true, openOutputs: false };
const open: StepPorts = { inputs: {}, outputs: {}, openInputs: true, openOutputs: true };

function definition(name: string, run: Run): StepDefinition {
  return {
    kind: "step",
    class: name,
    version: "1",
    summary: name,
    config: (zod) => zod.any(),
    ports: () => (name === "Give" || name === "EmitCaught" ? closed : open),
    effects: false,
    executor: "local",
    run: async (call) => (await run(call)) as { readonly [port: string]: Json },
  };
}

/** Finds the suite's steps. Made once per lane. */
export function conformanceCode(): StepCode {
  return {
    find(component) {
      const run = runs[component.class];
      if (run === undefined) return Promise.reject(nanobrainError("E_CLASS", { class: component.class }));
      return Promise.resolve(definition(component.class, run));
    },
  };
}

/** Where a lane finds them. */
export function conformanceCodeSpec(): StepCodeSpec {
  return { url: import.meta.url, export: "conformanceCode" };
}
