import { existsSync } from "node:fs";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import { defineStep, defineWorkflow, Workflow } from "../../index.js";
import { createTestRuntime, fails, fake, hangs, type TestRuntime, type TestRuntimeOptions, takes } from "../index.js";

let runtime: TestRuntime | undefined;
afterEach(() => runtime?.close());
const open = async (options: TestRuntimeOptions): Promise<TestRuntime> => {
  runtime = await createTestRuntime(options);
  return runtime;
};

const search = defineStep({
  class: "acme.Search",
  version: "1",
  inputs: { query: z.string() },
  outputs: { papers: z.array(z.string()), count: z.number() },
  config: z.object({ engine: z.string() }),
  run: () => {
    throw new TypeError("the real search must not run");
  },
});
const find = defineWorkflow({
  name: "find",
  error_handling: "retry",
  error_handling_config: { max_retries: 5, retry_delay: "1h" },
  input_data_units: { topic: z.string() },
  output_data_units: { papers: z.array(z.string()) },
  steps: { search: { class: search, config: { engine: "x" }, timeout: "2h", inputs: { query: { from: "topic" } } } },
  links: { out: { class: "DirectLink", config: { source: "search.papers", target: "papers" } } },
});

describe("test runtime", () => {
  it("retries of hours: take no time, and are all there to see", async () => {
    const fakes = fake(search, [
      fails("network", "the line is dead"),
      hangs(),
      takes("90m", ({ inputs }) => ({ papers: [inputs.query], count: 1 })),
    ]);
    const { clock } = await open({ fakes });
    const workflow = await Workflow.from(find, { runtime: runtime as TestRuntime });
    const began = clock.now();
    const done = workflow.execute({ topic: "virus" });
    expect(await clock.runUntilIdle()).toBe(true);
    const result = await done;
    expect([result.status, result.outputs]).toEqual(["completed", { papers: ["virus"] }]);
    const calls = runtime?.calls("search") ?? [];
    expect(
      calls.map(({ class: name, attempt, inputs, config, faked }) => [name, attempt, inputs, config, faked]),
    ).toEqual([1, 2, 3].map((attempt) => ["acme.Search", attempt, { query: "virus" }, { engine: "x" }, true]));
    const [first, second, third] = calls.map(({ startedAt }) => startedAt - began);
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(7_200_000);
    expect(clock.now() - began).toBe((third ?? 0) + 5_400_000);
    expect(calls.map(({ outcome }) => outcome?.status)).toEqual(["failed", "failed", "succeeded"]);
  });

  it("timers of this process: none is set, so none remains, whatever is waited for", async () => {
    const timers = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "setInterval")];
    const { clock } = await open({
      fakes: fake(search, [fails("timeout", "slow"), takes("1h", { papers: [], count: 0 })]),
    });
    const workflow = await Workflow.from(find, { runtime: runtime as TestRuntime });
    for (const timer of timers) timer.mockClear();
    const run = workflow.start({ topic: "x" });
    await clock.advance("30m");
    expect(run.status).toBe("running");
    await clock.advance("1d");
    expect(run.status).toBe("completed");
    expect(timers.flatMap((timer) => timer.mock.calls)).toEqual([]);
  });

  it("advance: goes as far as it is told, and everything due by then has happened", async () => {
    const { clock } = await open({ fakes: fake(search, takes("1h", { papers: ["a"], count: 1 })) });
    const run = (await Workflow.from(find, { runtime: runtime as TestRuntime })).start({ topic: "x" });
    await clock.advance("59m");
    expect([run.status, run.progress().running]).toEqual(["running", 1]);
    await clock.advance("1m");
    expect([run.status, (await run.result()).outputs]).toEqual(["completed", { papers: ["a"] }]);
  });

  it("built-in classes: faked by their short names, with files, secrets and settings of a world of its own", async () => {
    await open({
      files: {
        "flow.yml": [
          "name: flow",
          "steps:",
          "  read: { class: FileReadStep, config: { path: data/in.txt } }",
          "  call:",
          "    class: HttpStep",
          '    config: { url: "${SERVICE}/{{ text }}", headers: { authorization: "Bearer ${secret:TOKEN}" } }',
          "    inputs: { text: { from: read.content } }",
        ].join("\n"),
        "data/in.txt": "hello",
      },
      environment: { SERVICE: "https://service.example" },
      secrets: { TOKEN: "s3cret" },
      fakes: {
        HttpStep: ({ inputs, config }) => ({
          status: 200,
          headers: {},
          body: [inputs["text"] ?? "", config["headers"] ?? ""],
        }),
      },
    });
    const { folder } = runtime as TestRuntime;
    const workflow = await Workflow.fromConfig("flow.yml", { runtime: runtime as TestRuntime });
    const { status, failures, outputs } = await workflow.execute();
    expect([status, failures]).toEqual(["completed", []]);
    expect(outputs["call.body"]).toEqual([
      "hello",
      { authorization: expect.stringMatching(/^Bearer (?!s3cret)/) as string },
    ]);
    expect(JSON.stringify(runtime?.calls())).not.toContain("s3cret");
    expect(runtime?.calls().map((call) => [call.step, call.faked])).toEqual([
      ["read", false],
      ["call", true],
    ]);
    await runtime?.close();
    runtime = undefined;
    expect(existsSync(folder)).toBe(false);
  });

  it("ports: a fake keeps to those of the class", async () => {
    const { clock } = await open({
      fakes: { CommandStep: { stdout: "x", stderr: "", exit_code: 0, files: [], more: 1 } },
    });
    const flow = defineWorkflow({
      name: "flow",
      steps: { a: { class: "CommandStep", config: { command: ["true"] } } },
    });
    const done = (await Workflow.from(flow, { runtime: runtime as TestRuntime })).execute();
    await clock.runUntilIdle();
    expect((await done).failures.map(({ failure }) => failure.code)).toEqual(["E_OUTPUT_PORT"]);
  });

  it("fakes that can stand for nothing: refused with the nearest name", async () => {
    await expect(createTestRuntime({ fakes: { ComandStep: {} } })).rejects.toMatchObject({
      code: "E_USAGE",
      hint: "Did you mean CommandStep?",
    });
    await expect(createTestRuntime({ files: { "../x": "" } })).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it("types of fakes: by the ports of the class", () => {
    fake(search, ({ inputs, config }) => {
      expectTypeOf(inputs.query).toEqualTypeOf<string>();
      expectTypeOf(config.engine).toEqualTypeOf<string>();
      return { papers: [inputs.query] };
    });
    // @ts-expect-error count is a number
    fake(search, { count: "1" });
  });
});
