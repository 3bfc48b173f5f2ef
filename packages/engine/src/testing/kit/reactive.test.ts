import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineWorkflow, Workflow } from "../../index.js";
import { createTestRuntime, fails, type TestRuntime, type TestRuntimeOptions, takes } from "../index.js";

let runtime: TestRuntime;
const open = async (options: TestRuntimeOptions = {}): Promise<TestRuntime> => {
  runtime = await createTestRuntime(options);
  return runtime;
};
afterEach(() => runtime.close());

describe("test runtime: what waits and what fires", () => {
  it("waits of days: are over when the clock is there", async () => {
    const { clock } = await open();
    const wait = defineWorkflow({
      name: "wait",
      output_data_units: { at: z.string() },
      steps: { wait: { class: "WaitStep", config: { for: "3d" } } },
      links: { at: { class: "DirectLink", config: { source: "wait.at", target: "at" } } },
    });
    const run = (await Workflow.from(wait, { runtime })).start();
    await clock.advance("71h");
    expect(["running", "waiting"]).toContain(run.status);
    await clock.advance("1h");
    expect([run.status, (await run.result()).outputs]).toEqual(["completed", { at: "2026-01-04T00:00:00.000Z" }]);
  });

  it("a person who does not answer: the timeout answers", async () => {
    const { clock } = await open();
    const ask = defineWorkflow({
      name: "ask",
      output_data_units: { decision: z.string() },
      steps: {
        ask: {
          class: "ApprovalStep",
          config: { question: "Go?", choices: ["yes", "no"] },
          timeout: "24h",
          on_timeout: "no",
        },
      },
      links: { out: { class: "DirectLink", config: { source: "ask.decision", target: "decision" } } },
    });
    const workflow = await Workflow.from(ask, { runtime });
    const late = workflow.start();
    expect(await clock.runUntilIdle()).toBe(true);
    expect([late.status, (await late.result()).outputs]).toEqual(["completed", { decision: "no" }]);
    const answered = workflow.start();
    await clock.advance("1h");
    await answered.answer("ask", "yes");
    await runtime.settled();
    expect([answered.status, (await answered.result()).outputs]).toEqual(["completed", { decision: "yes" }]);
  });

  it("timers: fire on the hours that pass, and have no end by themselves", async () => {
    const fired: number[] = [];
    const { clock } = await open({
      fakes: {
        CommandStep: (call) => ({ stdout: String(fired.push(call.startedAt)), stderr: "", exit_code: 0, files: [] }),
      },
    });
    const hourly = defineWorkflow({
      name: "hourly",
      execution_strategy: "event_driven",
      completion: "manual",
      steps: { work: { class: "CommandStep", config: { command: ["true"] } } },
      triggers: {
        hourly: { class: "TimerTrigger", config: { cron: "30 * * * *", timezone: "UTC", step_targets: ["work"] } },
      },
    });
    const run = (await Workflow.from(hourly, { runtime })).start();
    await clock.advance("3h");
    expect(fired.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual(["00:30", "01:30", "02:30"]);
    expect(await clock.runUntilIdle({ within: "2d" })).toBe(false);
    expect(fired.length).toBe(51);
    await run.finish();
    await runtime.settled();
    expect(run.status).toBe("completed");
  });

  it("hooks after the end: are calls like others", async () => {
    const { clock } = await open({
      fakes: {
        CommandStep: fails("step", "it broke", { retryable: false }),
        HttpStep: takes("10s", { status: 200, headers: {}, body: "told" }),
      },
    });
    const told = defineWorkflow({
      name: "told",
      on_failure: { class: "HttpStep", config: { method: "POST", url: "https://example.org/hook" } },
      steps: { work: { class: "CommandStep", config: { command: ["true"] } } },
    });
    const run = (await Workflow.from(told, { runtime })).start();
    expect(await clock.runUntilIdle()).toBe(true);
    expect(run.status).toBe("failed");
    expect(runtime.calls("HttpStep").map(({ outcome }) => outcome?.status)).toEqual(["succeeded"]);
  });
});
