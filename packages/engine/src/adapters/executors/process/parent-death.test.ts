import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const patiently = { timeout: 60_000, interval: 10 };
const built = (path: string): string => JSON.stringify(new URL(`../../../../dist/${path}`, import.meta.url).href);
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-parent-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program with two lanes that runs attempts of the given steps and then does what `after` says. */
async function engine(steps: readonly (readonly [string, object])[], after: string): Promise<string> {
  const path = join(folder, "engine.mjs");
  await writeFile(
    path,
    `import { createProcessExecutor } from ${built("adapters/executors/process/process-executor.js")};
     const code = { url: ${built("testing/conformance-steps.js")}, export: "conformanceCode" };
     const executor = createProcessExecutor({ blobs: {}, lanes: 2, code });
     const sink = { effect: async () => {}, emit: async () => {}, log() {}, progress() {} };
     const folders = { project: ${JSON.stringify(folder)}, roots: [], blobs: null, scratch: ${JSON.stringify(join(folder, "scratch"))} };
     const base = { inputs: {}, inputPorts: [], outputPorts: [], attempt: 1, idempotencyKey: "k", runId: "r", step: "s", folders, secrets: {}, effects: {} };
     let id = 0;
     const run = ([name, config]) => executor.execute({ ...base, id: "r:" + id++, component: { class: name, version: "1", config } }, sink, new AbortController().signal);
     const running = ${JSON.stringify(steps)}.map(run);
     ${after}`,
  );
  return path;
}

async function pidIn(name: string): Promise<number> {
  const read = (): Promise<string> => readFile(join(folder, name), "utf8").catch(() => "");
  await expect.poll(read, patiently).toMatch(/^\d+\n$/);
  return Number(await read());
}

function alive(pid: number): boolean {
  if (!existsSync("/proc/self/stat")) {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : "";
  return stat !== "" && !/^ [ZX] /.test(stat.slice(stat.lastIndexOf(")") + 1));
}

describe("process executor whose parent ends", () => {
  const command = (name: string): string => `echo $PPID > ${name}; echo $$ > ${name}-child; exec sleep 600`;

  it("kill -9 of the parent: processes that wait, that spin, and their children end by themselves", async () => {
    const steps = [
      ["Start", { command: command("waiting"), next: "wait" }],
      ["Start", { command: command("spinning"), next: "spin" }],
    ] as const;
    const parent = spawn(process.execPath, [await engine(steps, "await Promise.all(running);")], { stdio: "inherit" });
    const pids = await Promise.all(["waiting", "waiting-child", "spinning", "spinning-child"].map(pidIn));
    expect(pids.map(alive)).toEqual([true, true, true, true]);
    parent.kill("SIGKILL");
    await expect.poll(() => pids.map(alive), patiently).toEqual([false, false, false, false]);
  });

  it("idle processes do not keep the parent from its end, and end with it", async () => {
    const steps = [["Start", { command: "echo $PPID > idle", next: "end" }]] as const;
    const after = `console.log((await Promise.all(running)).map((outcome) => outcome.status).join());`;
    const parent = spawn(process.execPath, [await engine(steps, after)], { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    parent.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const exitCode = await new Promise((resolve) => parent.on("exit", resolve));
    expect([exitCode, printed.trim()]).toEqual([0, "succeeded"]);
    const idle = await pidIn("idle");
    await expect.poll(() => alive(idle), patiently).toBe(false);
  });
});
