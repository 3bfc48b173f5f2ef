import { expect, test } from "vitest";
import { openMemoryStore } from "../adapters/stores/memory/memory-store.js";
import { Admission } from "../admit/admission.js";
import type { Blobs } from "../contracts/blobs.js";
import type { Clock } from "../contracts/clock.js";
import type { AttemptOutcome, AttemptRequest, Executor } from "../contracts/executor.js";
import type { Json } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import type { Plan, PlanLink, PlanNode, PlanStep, WorkflowPlan } from "../plan/plan.js";
import { Values } from "../values/values.js";
import { Commits } from "./commits.js";
import { beginRun, takeOver } from "./open-run.js";
import type { HostParts } from "./parts.js";

const usage = { durationMs: 1, cpuMs: null, peakMemoryBytes: null, inputBytes: 0, outputBytes: 0 };
const place = { file: "t.yml", line: 1, column: 1 };
const recovery = { handling: "stop", maxRetries: 3, retryDelayMs: 1, rollbackOnFailure: false, own: false } as const;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => 0.5,
  wake: (at, callback) => {
    const timer = setTimeout(callback, Math.max(0, at - Date.now()));
    return () => clearTimeout(timer);
  },
};

const blobs: Blobs = {
  put: () => Promise.resolve("0"),
  putFile: () => Promise.resolve({ hash: "0", sizeBytes: 0 }),
  get: () => Promise.resolve(new Uint8Array()),
  has: () => Promise.resolve(true),
  path: () => Promise.resolve("/"),
};

type Code = (request: AttemptRequest, signal: AbortSignal) => Promise<{ [port: string]: Json }>;

function executorOf(code: { readonly [name: string]: Code }): Executor {
  return {
    name: "local",
    lanes: 8,
    async execute(request, _sink, signal): Promise<AttemptOutcome> {
      try {
        const run = code[request.component.class] as Code;
        return { status: "succeeded", outputs: await run(request, signal), usage };
      } catch (error) {
        return { status: "failed", failure: failureOf("E_STEP", { what: String(error) }), usage };
      }
    },
    close: () => Promise.resolve(),
  };
}

function step(name: string, depth: number, extra: Partial<PlanStep> = {}): PlanNode {
  return {
    name,
    kind: "step",
    place,
    ports: [],
    outPorts: [{ name: "out", optional: true }],
    openOutputs: true,
    outLinks: [],
    depth,
    rank: depth,
    tail: 10 - depth,
    dependsOn: [],
    knot: -1,
    step: {
      component: { class: name, version: "1", config: {} },
      errorLinked: false,
      recovery,
      timeoutMs: null,
      whenAbsent: "skip",
      concurrency: 1,
      maxActivations: 1000,
      cache: "off",
      effects: false,
      executor: "local",
      demand: 0,
      checkpoint: false,
      triggered: false,
      ...extra,
    },
  };
}

/** A chain of steps, the last one linked to the output `result`. */
function chainPlan(steps: PlanNode[]): Plan {
  const nodes: PlanNode[] = [...steps];
  const links: PlanLink[] = [];
  const output: PlanNode = { ...step("result", steps.length), kind: "output" };
  delete (output as { step?: PlanStep }).step;
  nodes.push(output);
  for (let i = 0; i < nodes.length - 1; i++) {
    const port = i + 1 === nodes.length - 1 ? "value" : "in";
    links.push({
      name: `l${i}`,
      kind: "direct",
      from: { node: i, port: "out" },
      to: { node: i + 1, port },
      place,
      back: false,
      exit: false,
      plain: true,
    });
    nodes[i] = { ...(nodes[i] as PlanNode), outLinks: [i] };
    nodes[i + 1] = {
      ...(nodes[i + 1] as PlanNode),
      ports: [{ name: port, links: [i], merge: "single", optional: false, hold: false }],
    };
  }
  const root: WorkflowPlan = {
    name: "chain",
    file: "t.yml",
    strategy: "graph",
    recovery,
    timeoutMs: null,
    nodes,
    links,
    inputs: [],
    steps: steps.map((_, index) => index),
    outputs: [steps.length],
    stages: steps.map((_, index) => [index]),
    queues: [],
    triggers: [],
    completion: "quiescent",
    restorable: false,
    checkpointIntervalMs: null,
    preservePartialResults: false,
  };
  return {
    format: 1,
    hash: "h",
    name: "chain",
    file: "t.yml",
    workflows: [root],
    pools: [],
    demands: [[]],
    executors: {},
    hooks: {},
    monitoring: {},
    warnings: [],
  };
}

function hostParts(code: { readonly [name: string]: Code }): HostParts {
  const store = openMemoryStore();
  const executor = executorOf(code);
  return {
    store,
    blobs,
    clock,
    executors: { local: executor },
    admission: new Admission({ "lanes:local": 8 }),
    secrets: () => ({ read: () => Promise.resolve(undefined) }),
    values: new Values(blobs),
    commits: new Commits({ store, clock, defer: setImmediate, complain: () => undefined }),
    fingerprint: () => Promise.resolve({}),
    offer: () => undefined,
  };
}

const settings = { folders: { project: "/", roots: [], blobs: null, scratch: "/tmp" }, cache: false };
const created = {
  type: "run.created",
  id: "r1",
  name: "calm-curie",
  workflow: "chain",
  plan: "h",
  format: 1,
  phases: {},
  options: {},
} as const;
const add: Code = (request) => Promise.resolve({ out: Number(request.inputs["in"] ?? 0) + 1 });

test("driver: a chain runs to its output with two events a step", async () => {
  const parts = hostParts({ a: add, b: add, c: add });
  const driver = await beginRun(parts, settings, chainPlan([step("a", 0), step("b", 1), step("c", 2)]), {
    created,
    inputs: {},
    reused: [],
  });
  void driver.turn();
  await driver.rest();
  const events = await parts.store.events("r1");
  expect(driver.status).toBe("completed");
  expect(driver.tree.runs[0]?.outputs.get(3)).toEqual({ json: 3 });
  expect(events.filter((event) => event.type.startsWith("attempt.")).length).toBe(6);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(parts.admission.state().every((pool) => pool.used === 0)).toBe(true);
});

test("driver: a step failure under retry is tried again until it succeeds", async () => {
  let tries = 0;
  const flaky: Code = (request) => {
    tries++;
    return tries < 3 ? Promise.reject(new TypeError("not yet")) : add(request, new AbortController().signal);
  };
  const parts = hostParts({ a: flaky });
  const plan = chainPlan([step("a", 0, { recovery: { ...recovery, handling: "retry" } })]);
  const driver = await beginRun(parts, settings, plan, { created, inputs: {}, reused: [] });
  void driver.turn();
  await driver.rest();
  expect([driver.status, tries]).toEqual(["completed", 3]);
});

test("driver: a failure under stop keeps the state, and taking the run over tries it again", async () => {
  let broken = true;
  const code = {
    a: add,
    b: (request: AttemptRequest, signal: AbortSignal) =>
      broken ? Promise.reject(new TypeError("no")) : add(request, signal),
  };
  const parts = hostParts(code);
  const plan = chainPlan([step("a", 0), step("b", 1)]);
  const driver = await beginRun(parts, settings, plan, { created, inputs: {}, reused: [] });
  void driver.turn();
  await driver.rest();
  expect(driver.status).toBe("failed");
  broken = false;
  const record = await parts.store.find("r1");
  if (record === undefined) throw new TypeError("no record");
  const again = await takeOver(parts, settings, record, plan, "test");
  await again.rest();
  expect(again.status).toBe("completed");
  const events = await parts.store.events("r1");
  expect(events.filter((event) => event.type === "attempt.started" && event.node === 0).length).toBe(1);
});

test("driver: draining lets go of an attempt that goes on, and a later driver runs it again without using up a retry", async () => {
  let release: () => void = () => undefined;
  let hang = true;
  const slow: Code = async (request, signal) => {
    if (hang)
      await new Promise<void>((resolve) => {
        release = resolve;
        signal.addEventListener("abort", () => resolve());
      });
    return add(request, signal);
  };
  const parts = hostParts({ a: slow });
  const plan = chainPlan([step("a", 0)]);
  const driver = await beginRun(parts, settings, plan, { created, inputs: {}, reused: [] });
  void driver.turn();
  await expect
    .poll(async () => (await parts.store.events("r1")).some((event) => event.type === "attempt.started"))
    .toBe(true);
  hang = false;
  await driver.drain(1);
  await driver.rest();
  release();
  const record = await parts.store.find("r1");
  if (record === undefined) throw new TypeError("no record");
  const again = await takeOver(parts, settings, record, plan, "test");
  await again.rest();
  const events = await parts.store.events("r1");
  expect(again.status).toBe("completed");
  expect(
    events
      .filter((event) => event.type === "attempt.lost")
      .map((event) => event.type === "attempt.lost" && event.cause),
  ).toEqual(["drain"]);
  expect(events.filter((event) => event.type === "retry.scheduled")).toEqual([]);
});
