import { expect, it } from "vitest";
import { defineStep } from "../components/define-step.js";
import { defineWorkflow } from "../index.js";
import { createRuntime } from "../runtime/create-runtime.js";
import { Workflow } from "../runtime/workflow.js";
import { jumpingClock } from "../testing/jumping-clock.js";
import { SimulatedClock } from "../testing/simulated-clock.js";

const year = 365 * 86_400_000;

it.each([
  ["while nothing is due", -year],
  ["and before that forward", year],
])("an interval fires as its time passes when the wall clock is set back, %s", async (_what, first) => {
  const simulated = new SimulatedClock();
  const { clock, jump } = jumpingClock(simulated, undefined, 1000);
  const tick = defineStep({ class: "Tick", version: "1", inputs: {}, outputs: {}, run: () => ({}) });
  const runtime = await createRuntime({ clock, steps: [tick] });
  const workflow = await Workflow.from(
    defineWorkflow({
      name: "ticks",
      execution_strategy: "event_driven",
      completion: "manual",
      steps: { tick: { class: "Tick" } },
      triggers: { each: { class: "TimerTrigger", config: { interval: 60, step_targets: ["tick"] } } },
    } as never),
    { runtime },
  );
  const run = workflow.start();
  let fired = 0;
  let armed = 0;
  run.listen((event) => {
    if (event.type === "trigger.fired") fired++;
    if (event.type === "trigger.armed") armed++;
  });
  while (armed === 0) await new Promise((resolve) => setImmediate(resolve));
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await simulated.advance(1000);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(150);
  expect(fired).toBe(2);
  jump(first);
  await pass(5);
  jump(-year);
  const before = fired;
  await pass(180);
  expect(fired - before).toBeGreaterThanOrEqual(2);
  expect(fired - before).toBeLessThanOrEqual(4);
  await runtime.close({ drainMs: 0 });
});
