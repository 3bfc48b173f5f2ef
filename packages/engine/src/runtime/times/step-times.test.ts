import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Executor } from "../../contracts/executor.js";
import { createRuntime, defineStep, defineWorkflow, type RunEvent } from "../../index.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-times-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const Quick = defineStep({ class: "lab.Quick", version: "1", run: () => ({ out: 1 }) });
const Slow = defineStep({ class: "lab.Slow", version: "1", run: () => ({ out: 1 }) });

/** Three quick steps in a row, and a slow one beside them. */
const review = (name: string) =>
  defineWorkflow({
    name,
    execution_strategy: "graph",
    steps: {
      first: { class: Quick, executor: "thread", cache: "off", outputs: ["out"] },
      second: {
        class: Quick,
        executor: "thread",
        cache: "off",
        outputs: ["out"],
        inputs: { in: { from: "first.out" } },
      },
      third: {
        class: Quick,
        executor: "thread",
        cache: "off",
        outputs: ["out"],
        inputs: { in: { from: "second.out" } },
      },
      slow: { class: Slow, executor: "thread", cache: "off", outputs: ["out"] },
    },
  });

/** Says how long attempts took, without taking it. */
function lanes(count: number, started: string[]): Executor {
  const usage = { cpuMs: null, peakMemoryBytes: null, inputBytes: 0, outputBytes: 0 };
  return {
    name: "thread",
    lanes: count,
    execute: async ({ step, component }) => {
      started.push(step);
      const durationMs = component.class === "lab.Slow" ? 500 : 10;
      return { status: "succeeded", outputs: { out: 1 }, usage: { ...usage, durationMs } };
    },
    close: async () => undefined,
  };
}

/** One process: runs workflows one after the other; the order of starts of each, and its first event. */
async function inOneProcess(names: readonly string[], store: string, count = 1) {
  const started: string[] = [];
  const runtime = await createRuntime({ store, executors: { thread: lanes(count, started) }, environment: {} });
  const found: { order: readonly string[]; created: RunEvent | undefined; events: readonly RunEvent[] }[] = [];
  for (const name of names) {
    started.length = 0;
    const run = await runtime.start(await runtime.load(review(name)), {});
    expect((await run.result()).status).toBe("completed");
    const { events } = await runtime.look(run.id);
    found.push({ order: [...started], created: events[0], events });
  }
  await runtime.close();
  return found;
}

const byCount = ["first", "second", "slow", "third"];
const bySlow = ["slow", "first", "second", "third"];

describe("times of steps", () => {
  it("nothing known: the longest path of steps first; then, in the same store, the longest time", async () => {
    const store = join(folder, "store");
    const [once, again] = await inOneProcess(["review", "review"], store);
    expect(once?.order.indexOf("first")).toBe(0);
    expect(once?.created).not.toHaveProperty("urgency");
    expect(again?.order).toEqual(bySlow);
    const [later] = await inOneProcess(["review"], store);
    expect(later?.order).toEqual(bySlow);
    expect(later?.created).toHaveProperty("urgency");
  });

  it("another workflow of the same classes: what is known of the classes counts", async () => {
    const [, other] = await inOneProcess(["review", "another"], "memory");
    expect(other?.order).toEqual(bySlow);
  });

  it("room for every step: nothing is learnt, kept or journaled", async () => {
    const store = join(folder, "store");
    const [, again] = await inOneProcess(["review", "review"], store, 8);
    expect(again?.created).not.toHaveProperty("urgency");
    expect(existsSync(join(store, "times.json"))).toBe(false);
  });

  it("what was kept is spoilt: as if nothing was known, and kept anew", async () => {
    const store = join(folder, "store");
    await inOneProcess(["review"], store);
    for (const text of ["{", "[]", '{"format":1,"times":{"review/review/slow lab.Slow":"long"}}', '{"format":2}']) {
      writeFileSync(join(store, "times.json"), text);
      const [run] = await inOneProcess(["review"], store);
      expect(run?.created).not.toHaveProperty("urgency");
      expect(JSON.parse(readFileSync(join(store, "times.json"), "utf8"))).toMatchObject({ format: 1 });
    }
  });

  it("the order stands in the journal: it is that of the run's beginning, whatever is learnt later", async () => {
    const store = join(folder, "store");
    const [, again] = await inOneProcess(["review", "review"], store);
    const { createTree } = await import("../../kernel/state.js");
    const { evolve } = await import("../../kernel/evolve.js");
    const runtime = await createRuntime({ store, environment: {} });
    const loaded = await runtime.load(review("review"));
    await runtime.close();
    const tree = createTree(loaded.plan ?? expect.fail("no plan"));
    for (const event of again?.events ?? []) evolve(tree, event);
    const topology = tree.topologies[0];
    const names = topology?.workflow.nodes.map((node) => node.name) ?? [];
    const steps = [...names.keys()].filter((at) => byCount.includes(names[at] ?? ""));
    steps.sort((a, b) => (topology?.priority[a] ?? 0) - (topology?.priority[b] ?? 0));
    expect(steps.map((at) => names[at])).toEqual(bySlow);
  });
});
