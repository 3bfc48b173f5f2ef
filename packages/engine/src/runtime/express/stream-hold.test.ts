import { createHook } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineStep } from "../../components/define-step.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { Json } from "../../contracts/json.js";
import { createProgressFold } from "../../observe/progress-fold.js";
import { buildPlan } from "../../testing/plan-builder.js";
import type { WorkflowSpec } from "../../testing/plan-spec.js";
import { checkJournal } from "../../testing/simulator/journal-rules.js";
import { createRuntime } from "../create-runtime.js";
import { defineWorkflow } from "../definition/define-workflow.js";
import type { RunHandle } from "../runtime.js";
import type { ExpressHandle } from "./express-handle.js";

const line: WorkflowSpec = {
  name: "line",
  strategy: "event_driven",
  steps: { produce: {}, consume: { maxActivations: 1_000_000 } },
  links: [],
  queues: { line: { link: "produce.item => consume.item", capacity: 3 } },
};

const isHandedOver = (handle: RunHandle): boolean => (handle as ExpressHandle).isHandedOver;

async function started(spec: WorkflowSpec, steps: readonly StepDefinition[]) {
  const runtime = await createRuntime({ steps });
  const loaded = { plan: buildPlan(spec), diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
  return { runtime, plan: loaded.plan, handle: await runtime.start(loaded, {}) };
}

/** A producer of so many items that notes how far it is ahead, and a consumer that waits for the test. */
function lineSteps(items: number, waits: boolean) {
  const seen = { sent: 0, taken: [] as Json[], most: 0 };
  const gates: (() => void)[] = [];
  const produce = defineStep({
    class: "built.produce",
    version: "1",
    async run({ emit }) {
      for (let item = 0; item < items; item++) {
        await emit("item", item);
        seen.sent++;
        seen.most = Math.max(seen.most, seen.sent - seen.taken.length);
      }
      return {};
    },
  });
  const consume = defineStep({
    class: "built.consume",
    version: "1",
    async run({ inputs }) {
      seen.taken.push(inputs["item"] as Json);
      if (waits) await new Promise<void>((resolve) => gates.push(resolve));
      return {};
    },
  });
  return { seen, gates, steps: [produce, consume] };
}

const turn = (): Promise<void> => new Promise(setImmediate);

describe("streams through a full queue", () => {
  it("order and room: items arrive once, in order, and no more is sent than there is room for", async () => {
    const { seen, gates, steps } = lineSteps(40, true);
    const { runtime, plan, handle } = await started(line, steps);
    while (seen.taken.length < 40 || gates.length > 0) {
      gates.shift()?.();
      await turn();
    }
    expect((await handle.result()).status).toBe("completed");
    expect({ handed: isHandedOver(handle), taken: seen.taken }).toEqual({
      handed: false,
      taken: Array.from({ length: 40 }, (_, item) => item),
    });
    expect(seen.most).toBeLessThanOrEqual(3);
    expect(checkJournal(plan, await runtime.store.events(handle.id)).faults).toEqual([]);
    await runtime.close();
  });

  it("hand-over while a value waits for room: it goes on when there is some, and each item arrives once", async () => {
    for (let at = 1; at < 12; at++) {
      const { seen, gates, steps } = lineSteps(12, true);
      const { runtime, plan, handle } = await started(line, steps);
      while (seen.taken.length < 12 || gates.length > 0) {
        if (seen.taken.length === at && !isHandedOver(handle)) {
          for (let i = 0; i < 5; i++) await turn();
          handle.listen(() => undefined);
          for (let i = 0; i < 5; i++) await turn();
          expect(seen.most).toBeLessThanOrEqual(3);
        }
        gates.shift()?.();
        await turn();
      }
      const result = await handle.result();
      expect({ at, status: result.status, handed: isHandedOver(handle) }).toEqual({
        at,
        status: "completed",
        handed: true,
      });
      expect(seen.taken).toEqual(Array.from({ length: 12 }, (_, item) => item));
      expect(checkJournal(plan, await runtime.store.events(handle.id)).faults).toEqual([]);
      await runtime.close();
    }
  });

  it("typed ports: what a port was sent before a hand-over counts as given, under a driver too", async () => {
    const gates: (() => void)[] = [];
    const produce = defineStep({
      class: "built.produce",
      version: "1",
      outputs: { item: z.number() },
      async run({ emit }) {
        for (let item = 0; item < 5; item++) await emit("item", item);
        await new Promise<void>((resolve) => gates.push(resolve));
        return {} as { item: number };
      },
    });
    const taken: number[] = [];
    const consume = defineStep({
      class: "built.consume",
      version: "1",
      inputs: { item: z.number() },
      run: ({ inputs }) => {
        taken.push(inputs.item);
        return {};
      },
    });
    for (const listens of [false, true]) {
      taken.length = 0;
      const runtime = await createRuntime({ steps: [produce, consume] });
      const links = {
        line: { class: "QueueLink", config: { source: "produce.item", target: "consume.item" } },
      } as const;
      const steps = { produce: { class: produce, cache: "off" }, consume: { class: consume, cache: "off" } } as const;
      const loaded = await runtime.load(
        defineWorkflow({ name: "typed", execution_strategy: "event_driven", steps, links }),
      );
      const handle = await runtime.start(loaded, {});
      while (taken.length < 5) await turn();
      if (listens) handle.listen(() => undefined);
      await turn();
      gates.pop()?.();
      const { status, failures } = await handle.result();
      expect({ status, failures, taken }).toEqual({ status: "completed", failures: [], taken: [0, 1, 2, 3, 4] });
      expect(isHandedOver(handle)).toBe(listens);
      await runtime.close();
    }
  });

  it("progress: looked at again and again, it is that of all events so far", async () => {
    const { seen, gates, steps } = lineSteps(10, true);
    const { runtime, plan, handle } = await started(line, steps);
    while (seen.taken.length < 10 || gates.length > 0) {
      const fold = createProgressFold(plan);
      for (const event of await runtime.store.events(handle.id)) fold.apply(event);
      expect(handle.progress().steps).toEqual(fold.progress().steps);
      gates.shift()?.();
      await turn();
    }
    await handle.result();
    expect(handle.progress().status).toBe("completed");
    expect(isHandedOver(handle)).toBe(false);
    await runtime.close();
  });

  it("turns: everything else of the process goes on while a stream does", async () => {
    const { seen, steps } = lineSteps(30_000, false);
    const { runtime, handle } = await started(line, steps);
    let turns = 0;
    while (seen.taken.length < 30_000) {
      turns++;
      await turn();
    }
    expect((await handle.result()).status).toBe("completed");
    expect(turns).toBeGreaterThan(5);
    await runtime.close();
  });
});

const chain: WorkflowSpec = {
  name: "chain",
  strategy: "event_driven",
  steps: {
    source: {},
    a: { ports: { in: { merge: "each" } }, maxActivations: 1_000_000 },
    b: { ports: { in: { merge: "each" } }, maxActivations: 1_000_000 },
  },
  links: ["source.out -> a.in", "a.out -> b.in"],
};

/** Promises made while so many events go through two steps whose code makes none. */
async function promisesOf(events: number): Promise<number> {
  const source = defineStep({
    class: "built.source",
    version: "1",
    run: ({ emit }) => {
      for (let event = 0; event < events; event++) void emit("out", { event });
      return {};
    },
  });
  const pass = (name: string) =>
    defineStep({ class: `built.${name}`, version: "1", run: ({ inputs }) => ({ out: inputs["in"] }) });
  const { runtime, handle } = await started(chain, [source, pass("a"), pass("b")]);
  let made = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") made += 1;
    },
  });
  hook.enable();
  const { status } = await handle.result();
  hook.disable();
  expect({ status, handed: isHandedOver(handle) }).toEqual({ status: "completed", handed: false });
  await runtime.close();
  return made;
}

it("streams: an event through steps that answer at once makes no promise", async () => {
  const few = await promisesOf(100);
  const many = await promisesOf(1100);
  expect((many - few) / 1000).toBeLessThan(0.1);
});
