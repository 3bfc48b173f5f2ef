import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineStep, type StepArguments } from "../../components/define-step.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { buildPlan } from "../../testing/plan-builder.js";
import type { WorkflowSpec } from "../../testing/plan-spec.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, Runtime, RuntimeOptions } from "../runtime.js";
import type { ExpressHandle } from "./express-handle.js";

type Code = (given: Given) => unknown;
type Given = StepArguments<{ readonly [port: string]: Json }, JsonObject>;

const chain: WorkflowSpec = {
  name: "chain",
  inputs: { start: {} },
  steps: { a: {}, b: {}, c: {} },
  outputs: { end: { optional: true } },
  links: ["start -> a.in", "a.out -> b.in", "b.out -> c.in", "c.out -> end"],
};

const pass: Code = ({ inputs }) => ({ out: inputs["in"] });

function steps(codes: { readonly [step: string]: Code }): StepDefinition[] {
  return Object.entries(codes).map(([name, code]) =>
    defineStep({ class: `built.${name}`, version: "1", run: (given) => code(given) as { readonly out: Json } }),
  );
}

let folder = "";
/** Where runs are kept unless a test says otherwise. */
let store = "memory";

async function started(
  spec: WorkflowSpec,
  codes: { readonly [step: string]: Code },
  options: RuntimeOptions = {},
): Promise<{ readonly runtime: Runtime; start(inputs?: { readonly [unit: string]: Json }): Promise<RunHandle> }> {
  const runtime = await createRuntime({ store, ...options, steps: steps(codes) });
  const loaded = { plan: buildPlan(spec), diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
  return { runtime, start: (inputs = { start: 1 }) => runtime.start(loaded, inputs) };
}

const isHandedOver = (handle: RunHandle): boolean => (handle as ExpressHandle).isHandedOver;

/** A promise that is open until somebody ends it. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

describe.each(["memory", "disk"])("handing over in %s", (place) => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nanobrain-hand-over-"));
    store = place === "disk" ? join(folder, "store") : "memory";
  });
  afterEach(() => {
    store = "memory";
    rmSync(folder, { recursive: true, force: true });
  });

  it("cancel: the signal of code that runs is aborted, and the code is called once", async () => {
    let calls = 0;
    const stuck: Code = ({ signal }) => {
      calls++;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    const { runtime, start } = await started(chain, { a: pass, b: stuck, c: pass });
    const handle = await start();
    expect({ handed: isHandedOver(handle), status: handle.status }).toEqual({ handed: false, status: "running" });
    while (calls === 0) await new Promise(setImmediate);
    await handle.cancel("enough");
    expect((await handle.result()).status).toBe("cancelled");
    expect({ handed: isHandedOver(handle), calls }).toEqual({ handed: true, calls: 1 });
    await runtime.close();
  });

  it("context: effects, logs, kept files and progress of code that was called before are the engine's", async () => {
    let effects = 0;
    const uses: Code = async ({ inputs, effect, log, progress, keep, read, attempt, step, runId, idempotencyKey }) => {
      log("info", "first");
      progress(0.5);
      const once = await effect("once", () => ++effects);
      const file = await keep("a.txt", "kept");
      const text = Buffer.from(await read(file)).toString();
      return { out: [inputs["in"], once, text, attempt, step, idempotencyKey === `${runId}:b:1`] };
    };
    const { runtime, start } = await started(chain, { a: pass, b: uses, c: pass });
    const handle = await start();
    const result = await handle.result();
    expect(result).toMatchObject({ status: "completed", outputs: { end: [1, 1, "kept", 1, "b", true] } });
    expect((await runtime.store.logs(handle.id)).map(({ step, text }) => [step, text])).toEqual([["b", "first"]]);
    const events = await runtime.store.events(handle.id);
    expect(events.filter(({ type }) => type === "effect.recorded")).toHaveLength(1);
    expect(effects).toBe(1);
    await runtime.close();
  });

  it("endings: what is thrown at once, rejected with nothing, given by a thenable or no object is as under a driver", async () => {
    const endings: { readonly [name: string]: Code } = {
      "thrown at once": () => {
        throw new RangeError("at once");
      },
      "rejected with nothing": () => Promise.reject(undefined as unknown as Error),
      // biome-ignore lint/suspicious/noThenProperty: it is what is tested
      "a thenable": () => ({ then: (resolve: (made: unknown) => void) => resolve({ out: 2 }) }),
      "no object": () => 5,
      nothing: () => undefined,
      "a class": () => new Map(),
      "a date": () => ({ out: new Date(0) }),
      "minus zero": () => ({ out: -0 }),
      "not a number": () => ({ out: Number.NaN }),
      "half a letter": () => ({ out: "\ud800" }),
      "what cannot wait": ({ suspend }) => suspend({ until: 0 }),
    };
    for (const [name, code] of Object.entries(endings)) {
      const spec = { ...chain, maxRetries: 0 };
      const quick = await started(spec, { a: pass, b: code, c: pass });
      const { openMemoryStore } = await import("../../adapters/stores/memory/memory-store.js");
      const slow = await started(spec, { a: pass, b: code, c: pass }, { store: openMemoryStore() });
      const results = [];
      for (const { runtime, start } of [quick, slow]) {
        const { status, outputs, failures } = await (await start()).result();
        results.push({ name, status, outputs, failures: failures.map(({ failure }) => ({ ...failure, stack: "" })) });
        await runtime.close();
      }
      expect(results[0]).toEqual(results[1]);
    }
  });

  it("listeners: who listens as soon as there is a handle hears of every step and of the end", async () => {
    const { runtime, start } = await started(chain, { a: pass, b: pass, c: pass });
    const handle = await start();
    const heard: string[] = [];
    handle.listen((event) => heard.push(event.type));
    await handle.result();
    expect(heard.filter((type) => type === "attempt.succeeded")).toHaveLength(3);
    expect(heard.at(-1)).toBe("run.completed");
    expect((await runtime.store.events(handle.id)).slice(2).map(({ type }) => type)).toEqual(heard);
    await runtime.close();
  });

  it("close: a run under way is let go as one of a driver, and its code is told", async () => {
    let aborted: unknown;
    let calls = 0;
    const stuck: Code = ({ signal }) =>
      new Promise(() => {
        calls++;
        signal.addEventListener("abort", () => {
          aborted = signal.reason;
        });
      });
    const { runtime, start } = await started(chain, { a: pass, b: stuck, c: pass });
    const handle = await start();
    while (calls === 0) await new Promise(setImmediate);
    await runtime.close({ drainMs: 0 });
    expect(isHandedOver(handle)).toBe(true);
    expect(aborted).toMatchObject({ code: "E_CANCELLED" });
  });

  it("isolation: what a step changes of its inputs and config is seen by nobody else", async () => {
    const shared: WorkflowSpec = {
      ...chain,
      steps: { a: { config: { list: [1] } }, b: {}, c: {} },
      links: ["start -> a.in", "a.out -> b.in", "a.out -> c.in", "c.out -> end"],
    };
    const spoil: Code = ({ inputs, config }) => {
      (inputs["in"] as { value: Json }).value = "spoilt";
      (config["list"] as Json[])?.push(2);
      return { out: inputs["in"] };
    };
    const giving: Code = ({ config, inputs }) => {
      const out = { value: inputs["in"], list: [...(config["list"] as Json[])] };
      (config["list"] as Json[]).push(2);
      return { out };
    };
    const { runtime, start } = await started(shared, { a: giving, b: spoil, c: pass });
    for (let i = 0; i < 2; i++) {
      const handle = await start();
      expect((await handle.result()).outputs).toEqual({ end: { value: 1, list: [1] } });
      expect(isHandedOver(handle)).toBe(false);
    }
    await runtime.close();
  });
});

const wide: WorkflowSpec = {
  name: "wide",
  steps: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`s${index}`, {}])),
  links: [],
};

describe("many runs", () => {
  it("places: never more attempts at once than there are, over all runs, and none is left over", async () => {
    let running = 0;
    let most = 0;
    const code: Code = async () => {
      running++;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running--;
      return {};
    };
    const codes = Object.fromEntries(Object.keys(wide.steps).map((name) => [name, code]));
    const { runtime, start } = await started(wide, codes, { pools: { "lanes:local": 3 } });
    const handles = await Promise.all(Array.from({ length: 6 }, () => start({})));
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ status }) => status)).toEqual(results.map(() => "completed"));
    expect({ most, running }).toEqual({ most: 3, running: 0 });
    // All places are free again: one run alone goes as far as it can.
    const last = await start({});
    most = 0;
    expect((await last.result()).status).toBe("completed");
    expect(most).toBe(3);
    await runtime.close();
  });

  it("turns: everything else of the process goes on while a long run does", async () => {
    const count = 400;
    const names = Array.from({ length: count }, (_, index) => `s${index}`);
    const links = names.slice(1).map((name, index) => `s${index}.out -> ${name}.in`);
    const spec = { name: "long", steps: Object.fromEntries(names.map((name) => [name, {}])), links };
    const busy: Code = () => {
      for (const until = performance.now() + 0.1; performance.now() < until; );
      return { out: 1 };
    };
    const { runtime, start } = await started(spec, Object.fromEntries(names.map((name) => [name, busy])));
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const handle = await start({});
    await handle.result();
    isOver = true;
    expect(isHandedOver(handle)).toBe(false);
    // 40 ms at least, of which nobody has more than a few at once.
    expect(turns).toBeGreaterThan(4);
    await runtime.close();
  });

  it("store: a run is found, listed, told of and pruned, while it goes on and afterwards", async () => {
    const open = gate();
    const { runtime, start } = await started(chain, {
      a: pass,
      b: async ({ inputs }) => {
        await open.passed;
        return { out: inputs["in"] };
      },
      c: pass,
    });
    const handle = await start();
    expect(await runtime.store.runs({ unfinished: true })).toMatchObject([{ id: handle.id, status: "running" }]);
    while ((await runtime.store.events(handle.id)).at(-1)?.type !== "attempt.started") await new Promise(setImmediate);
    expect(handle.progress()).toMatchObject({ status: "running" });
    await expect(runtime.prune({ keepMs: -1 })).resolves.toMatchObject({ runs: [] });
    expect(runtime.underWay()).toBeGreaterThan(0);
    open.open();
    expect(await handle.result()).toMatchObject({ status: "completed", outputs: { end: 1 } });
    expect(runtime.underWay()).toBe(0);
    expect(isHandedOver(handle)).toBe(false);
    expect(handle.progress()).toMatchObject({ status: "completed" });
    const { summary, events } = await runtime.look(handle.name);
    expect(summary).toMatchObject({ status: "completed", run_id: handle.id });
    expect((await runtime.store.find(handle.id.slice(0, 20)))?.lastSeq).toBe(events.length);
    const seen = [];
    for await (const event of handle.events(3)) seen.push(event.seq);
    expect(seen).toEqual(events.slice(3).map(({ seq }) => seq));
    await expect(handle.pause()).rejects.toMatchObject({ code: "E_RUN_STATE" });
    expect((await runtime.prune({ keepMs: -1 })).runs).toHaveLength(1);
    expect(await runtime.store.runs()).toEqual([]);
    await runtime.close();
  });
});
