import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineStep } from "../components/define-step.js";
import type { RunEvent } from "../kernel/event.js";
import type { RunHandle } from "../runtime/runtime.js";
import { Workflow } from "../runtime/workflow.js";
import { createTestRuntime, type TestRuntime } from "../testing/kit/create-test-runtime.js";

const count = defineStep({
  class: "Count",
  version: "1",
  inputs: { from: z.number().optional() },
  outputs: { value: z.number() },
  run: ({ inputs }) => Promise.resolve({ value: inputs.from ?? 1 }),
});

const broken = defineStep({
  class: "Broken",
  version: "1",
  inputs: {},
  outputs: {},
  run: () => Promise.reject(new TypeError("it is broken")),
});

let folder: string;
let runtime: TestRuntime;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-react-"));
  runtime = await createTestRuntime({ steps: [count, broken] });
});
afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const reactive = "execution_strategy: event_driven\ncompletion: manual";

async function start(yaml: string, head = reactive): Promise<{ run: RunHandle; fired(): readonly number[] }> {
  const file = join(folder, "reacts.yml");
  writeFileSync(file, `name: reacts\n${head}\n${yaml}`);
  const workflow = await Workflow.fromConfig(file, { runtime });
  const run = workflow.start();
  const events: RunEvent[] = [];
  run.listen((event) => events.push(event));
  await runtime.clock.advance(0);
  const began = runtime.clock.now();
  return { run, fired: () => events.flatMap((event) => (event.type === "trigger.fired" ? [event.at - began] : [])) };
}

describe("timers", () => {
  it("fire at each moment of their interval, and not once the run was finished", async () => {
    const { run, fired } = await start(`
steps: { tick: { class: Count } }
triggers: { each: { class: TimerTrigger, config: { interval: 90s, step_targets: [tick] } } }
`);
    await runtime.clock.advance("5m");
    expect(fired()).toEqual([90_000, 180_000, 270_000]);
    await run.finish();
    const result = await run.result();
    await runtime.clock.advance("5m");
    expect([result.status, fired().length]).toEqual(["completed", 3]);
  });

  it("a count: that many firings", async () => {
    const { fired } = await start(`
steps: { tick: { class: Count } }
triggers: { each: { class: TimerTrigger, config: { interval: 1s, count: 2, step_targets: [tick] } } }
`);
    await runtime.clock.advance("10s");
    expect(fired()).toEqual([1000, 2000]);
  });

  it("reports of progress are at work under other strategies, too, and keep no run from its end", async () => {
    const { run, fired } = await start(
      `
steps: { wait: { class: WaitStep, config: { for: 150s } } }
triggers: { report: { class: TimerTrigger, config: { interval: 60s, step_targets: [progress_monitoring] } } }
`,
      "execution_strategy: graph",
    );
    await runtime.clock.advance("10m");
    expect([(await run.result()).status, fired()]).toEqual(["completed", [60_000, 120_000]]);
  });

  it("beyond what one timer of the platform can hold", async () => {
    const { fired } = await start(`
steps: { tick: { class: Count } }
triggers: { far: { class: TimerTrigger, config: { interval: 40d, count: 1, step_targets: [tick] } } }
`);
    await runtime.clock.advance("41d");
    expect(fired()).toEqual([40 * 86_400_000]);
  });
});

describe("conditions", () => {
  it("over a unit: when they become true, once", async () => {
    const { run, fired } = await start(`
data_units: { level: { class: DataUnitMemory, config: { role: parameter, default: 1 } } }
steps: { alarm: { class: Count } }
triggers: { high: { class: ConditionTrigger, config: { condition: "level > 5", step_targets: [alarm] } } }
`);
    for (const level of [3, 7, 8, 2, 9]) {
      await run.set("level", level);
      await runtime.clock.advance(0);
    }
    expect(fired()).toHaveLength(2);
  });

  it("over metrics within a window", async () => {
    const { run, fired } = await start(`
steps:
  work: { class: Broken, error_handling: continue }
  alarm: { class: Count }
triggers:
  go: { class: ManualTrigger, config: { step_targets: [work] } }
  bad: { class: ConditionTrigger, config: { condition: "metrics.steps.work.error_rate > 0.1", window: 5m, step_targets: [alarm] } }
`);
    await run.trigger("go");
    await runtime.clock.advance("1s");
    expect(fired()).toHaveLength(2);
    await run.finish();
    expect((await run.result()).steps["alarm"]).toMatchObject({ status: "succeeded" });
  });
});

describe("idle", () => {
  it("nothing is due: no wake-up, whatever is watched", async () => {
    const { fired } = await start(`
steps: { load: { class: Count }, alarm: { class: Count } }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.none", step_targets: [load] } }
  bad: { class: ConditionTrigger, config: { condition: "metrics.run.error_rate > 0.1", window: 5m, step_targets: [alarm] } }
  now: { class: ManualTrigger, config: { step_targets: [load] } }
`);
    let wakes = 0;
    const until = runtime.clock.now() + 10_000;
    while ((runtime.clock.next ?? Number.POSITIVE_INFINITY) <= until) {
      wakes++;
      runtime.clock.step();
    }
    expect([wakes, fired().length]).toEqual([0, 0]);
  });
});
