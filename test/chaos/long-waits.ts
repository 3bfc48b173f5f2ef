import { defineWorkflow, Workflow } from "@nanobrain/engine";
import { createTestRuntime, type TestRuntime } from "../../packages/engine/src/testing/index.js";

const dayMs = 86_400_000;

async function withRuntime<Result>(work: (runtime: TestRuntime) => Promise<Result>): Promise<Result> {
  const runtime = await createTestRuntime({ steps: [] });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** A wait of so many days: over at its moment, not before. `earlyMs`: how much earlier it is looked at than it may be over. */
export function waitFaults(days: number, earlyMs = 1): Promise<readonly string[]> {
  return withRuntime(async (runtime) => {
    const flow = defineWorkflow({
      name: "long",
      steps: { rest: { class: "WaitStep", config: { for: days * 86_400 } } },
    });
    const run = (await Workflow.from(flow, { runtime })).start();
    await runtime.clock.advance(0);
    await runtime.clock.advance(days * dayMs - earlyMs);
    const before = run.status;
    await runtime.clock.advance(2);
    await runtime.settled();
    const after = run.status;
    return [
      ...(before !== "completed" ? [] : [`${earlyMs} ms before its end it is ${before}`]),
      ...(after === "completed" ? [] : [`after its end it is ${after}`]),
    ];
  });
}

/** Waits that are all over at one moment: each once. */
export function instantFaults(count: number): Promise<readonly string[]> {
  return withRuntime(async (runtime) => {
    const flow = defineWorkflow({
      name: "instant",
      steps: {
        rest: {
          class: "WaitStep",
          for_each: { over: "items", as: "item", concurrency: count },
          config: { until: "2026-06-01T00:00:00Z" },
          inputs: { items: { default: Array.from({ length: count }, (_, index) => index) } },
        },
      },
    });
    const run = (await Workflow.from(flow, { runtime })).start();
    const over = new Map<number, number>();
    run.listen((event) => {
      if (event.type === "wait.over") over.set(event.c, (over.get(event.c) ?? 0) + 1);
    });
    await runtime.clock.advanceTo(Date.UTC(2026, 5, 1) - 1);
    const early = over.size;
    await runtime.clock.advance(1000);
    await runtime.settled();
    const twice = [...over.values()].filter((times) => times !== 1).length;
    return [
      ...(early === 0 ? [] : [`${early} early`]),
      ...(over.size === count && twice === 0 ? [] : [`${over.size} of ${count} were over, ${twice} more than once`]),
      ...(run.status === "completed" ? [] : [`the run is ${run.status}`]),
    ];
  });
}

/** A daily cron line at an hour that the zone skips, or has twice: one firing a day. */
export function daylightFaults(from: number, days: number): Promise<readonly string[]> {
  return withRuntime(async (runtime) => {
    await runtime.clock.advanceTo(from);
    const flow = defineWorkflow({
      name: "daily",
      execution_strategy: "event_driven",
      steps: { note: { class: "TransformStep", executor: "local", config: { expression: "1" }, cache: "off" } },
      triggers: {
        daily: {
          class: "TimerTrigger",
          config: { cron: "30 2 * * *", timezone: "Europe/Berlin", count: days, step_targets: ["note"] },
        },
      },
    });
    const run = (await Workflow.from(flow, { runtime })).start();
    const fired: number[] = [];
    run.listen((event) => {
      if (event.type === "trigger.fired") fired.push(event.at);
    });
    await runtime.clock.advance(days * dayMs);
    await runtime.settled();
    const dates = fired.map((at) => new Date(at).toISOString().slice(0, 10));
    return new Set(dates).size === days && dates.length === days ? [] : [`fired on ${dates.join(", ")}`];
  });
}
