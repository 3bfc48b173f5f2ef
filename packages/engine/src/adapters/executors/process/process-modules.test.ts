import { existsSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { commandStep } from "../../../components/steps/command-step.js";
import type { AttemptOutcome, AttemptRequest, ComponentCall } from "../../../contracts/executor.js";
import type { JsonObject } from "../../../contracts/json.js";
import { ExecutorBench, timeout } from "../../../testing/executor-bench.js";
import { createProcessExecutor } from "./process-executor.js";

const code = {
  url: new URL("../../../runtime/lane-code.ts", import.meta.url).href,
  export: "laneStepCode",
  data: { cacheFolder: null, modules: true },
};
const bench = new ExecutorBench(({ blobs }) => createProcessExecutor({ blobs, code, lanes: 1 }));
beforeEach(() => bench.open());
afterEach(() => bench.close());

const never = new AbortController().signal;
const run = (component: ComponentCall, rest: Partial<AttemptRequest> = {}, signal = never): Promise<AttemptOutcome> =>
  bench.executor.execute({ ...bench.request("", {}, rest), component }, bench.sink(), signal);
const exported = (name: string): ComponentCall => ({
  class: name,
  version: "0",
  config: {},
  module: { path: "steps.ts", export: name },
});
const command = (script: string): ComponentCall => ({
  class: "nanobrain.core.step.CommandStep",
  version: "1",
  config: commandStep.config(z).parse({ command: ["sh", "-c", script], cwd: ".", grace: 0.1 }) as JsonObject,
});

function runs(pid: number): boolean {
  if (!existsSync("/proc/self/stat")) return false;
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : "";
  return stat !== "" && !/^ [ZX] /.test(stat.slice(stat.lastIndexOf(")") + 1));
}

describe("process executor with users' modules and built-in steps", () => {
  it("modules: a function of the user's TypeScript runs in the process, and emits from there", async () => {
    const text = `export const where: (value: unknown) => number = () => process.pid;
      export async function lines(text: string, ctx: { emit(port: string, value: unknown): Promise<void> }): Promise<void> {
        for (const line of text.split(" ")) await ctx.emit("line", line);
      }`;
    await writeFile(join(bench.folder, "steps.ts"), text);
    const where = await run(exported("where"), { inputs: { value: 1 } });
    expect(where).toMatchObject({ status: "succeeded", outputs: { output: expect.any(Number) } });
    expect(where).not.toMatchObject({ outputs: { output: process.pid } });
    expect(await run(exported("lines"), { inputs: { text: "to be or" } })).toMatchObject({ status: "succeeded" });
    expect(bench.heard.emits).toEqual([
      ["line", 0, "to"],
      ["line", 1, "be"],
      ["line", 2, "or"],
    ]);
  });

  it("modules: a fault in the user's file is a configuration failure with line and column", async () => {
    await writeFile(join(bench.folder, "steps.ts"), "export const a: number = 1;\nexport const b: = 2;\n");
    expect(await run(exported("a"))).toMatchObject({
      failure: { code: "E_MODULE_SYNTAX", message: expect.stringContaining("steps.ts:2:17") },
    });
  });

  it("built-in steps: a program runs, with what it used", async () => {
    const outcome = await run(command("printf hello"));
    expect(outcome).toMatchObject({ status: "succeeded", outputs: { stdout: "hello" } });
  });

  it("waiting: a WaitStep suspends from the process too", async () => {
    const wait = { class: "nanobrain.core.step.WaitStep", version: "1", config: { for: "1h" } };
    expect(await run(wait, { startedAt: 1_000 })).toMatchObject({ status: "suspended", until: 3_601_000 });
  });

  it.runIf(process.platform === "linux").each([
    ["asked to end", "echo $$ > pid; exec sleep 600"],
    ["deaf to the asking", "trap '' TERM; echo $$ > pid; while true; do sleep 1; done"],
  ])("orphans: a program %s is ended with the attempt", async (_how, script) => {
    const aborter = new AbortController();
    const ending = run(command(script), {}, aborter.signal);
    const pid = join(bench.folder, "pid");
    const read = (): Promise<string> => readFile(pid, "utf8").catch(() => "");
    await expect.poll(read, { timeout: 60_000, interval: 10 }).toMatch(/^\d+\n$/);
    aborter.abort(timeout);
    expect(await ending).toMatchObject({ status: "failed", failure: timeout });
    const id = Number(await read());
    await expect.poll(() => runs(id), { timeout: 60_000, interval: 10 }).toBe(false);
  });
});
