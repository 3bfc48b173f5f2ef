import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { larger, type ProgramUsage, treeUsage } from "../../../processes/tree-usage.js";
import { type ProgramEnd, type ProgramRequest, runProgram } from "./run-program.js";
import { sampleUsage } from "./usage-samples.js";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-usage-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const onLinux = process.platform === "linux";

type Run = { readonly end: ProgramEnd; readonly usages: readonly ProgramUsage[] };

async function run(program: readonly [string, ...string[]], over: Partial<ProgramRequest> = {}): Promise<Run> {
  const usages: ProgramUsage[] = [];
  const [path, ...words] = program;
  const end = await runProgram({
    path,
    name: path,
    arguments: words,
    environment: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    folder,
    maxOutputBytes: 1 << 20,
    graceMs: 300,
    signal: new AbortController().signal,
    onUsage: (usage) => usages.push(usage),
    ...over,
  });
  return { end, usages };
}

const node = process.execPath;
const shell = (script: string): readonly [string, ...string[]] => ["/bin/sh", "-c", script];
/** Uses CPU until its own clock says 300 ms, and tells what that says. */
const burn =
  "let u; do u = process.cpuUsage(); while (u.user + u.system < 3e5); console.log((u.user + u.system) / 1e3)";
const heldBytes = 200 * 1024 * 1024;
const hold = `const held = Buffer.alloc(${heldBytes}, 1); console.error("held"); setInterval(() => held, 1e6)`;

const cpuOf = ({ usages }: Run): number => usages[0]?.cpuMs ?? -1;
const toldCpuOf = ({ end }: Run): number => Number(end.status === "ended" && end.stdout.toString());

describe.runIf(onLinux)("program usage", () => {
  it("CPU time: all a program says it used, far more than one that does nothing", async () => {
    const [busy, idle] = [await run([node, "-e", burn]), await run(shell(":"))];
    expect(busy.usages).toHaveLength(1);
    expect(cpuOf(busy)).toBeGreaterThanOrEqual(toldCpuOf(busy) * 0.9);
    expect(cpuOf(idle)).toBeGreaterThan(0);
    expect(cpuOf(busy)).toBeGreaterThan(cpuOf(idle) * 3);
  });

  it("CPU time: children count once, living ones and those their parent waited for", async () => {
    const both = await run([
      ...shell('"$0" -e "$1" > one & "$0" -e "$1" > two & wait; cat one two'),
      node,
      burn,
    ] as const);
    const told = both.end.status === "ended" ? both.end.stdout.toString().trim().split("\n").map(Number) : [];
    const sum = told.reduce((total, cpuMs) => total + cpuMs, 0);
    expect(told).toHaveLength(2);
    expect(cpuOf(both)).toBeGreaterThanOrEqual(sum * 0.9);
    expect(cpuOf(both)).toBeLessThan(sum * 1.5);
  });

  it("abort: what was used until then is told, memory of a child too", async () => {
    const held = async (program: readonly [string, ...string[]]): Promise<number> => {
      const controller = new AbortController();
      const ran = await run(program, { signal: controller.signal, onErrorLine: () => controller.abort() });
      expect(ran.end).toEqual({ status: "aborted" });
      expect(ran.usages).toHaveLength(1);
      return ran.usages[0]?.peakMemoryBytes ?? -1;
    };
    const large = await held([...shell('"$0" -e "$1" & wait'), node, hold] as const);
    const small = await held(shell("echo ready >&2; sleep 600"));
    expect(large).toBeGreaterThanOrEqual(heldBytes * 0.95);
    expect(large).toBeLessThan(heldBytes * 2);
    expect(large).toBeGreaterThan(small * 10);
  });

  it("nothing left: nothing is known", async () => {
    const { end, usages } = await run([join(folder, "nothing")]);
    expect(end.status).toBe("not_started");
    expect(usages).toEqual([]);
    let pid = 0;
    await run(shell("echo $$ >&2"), { onErrorLine: (line) => (pid = Number(line)) });
    expect(pid).toBeGreaterThan(0);
    expect(treeUsage(pid)).toEqual({});
  });
});

describe("program usage anywhere", () => {
  it("larger: each figure by itself, what neither knows stays out", () => {
    expect(larger({ cpuMs: 1, peakMemoryBytes: 9 }, { cpuMs: 2 })).toEqual({ cpuMs: 2, peakMemoryBytes: 9 });
    expect(larger({}, { cpuMs: 0 })).toEqual({ cpuMs: 0 });
    expect(larger({}, {})).toEqual({});
  });

  it("other systems: a program runs, nothing is known", async () => {
    const platform = vi.spyOn(process, "platform", "get").mockReturnValue("freebsd");
    expect((await run(shell("echo said"))).usages).toEqual([{}]);
    expect(platform).toHaveBeenCalled();
  });

  it("timers: one at a time, and none is left after the exit", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const child = spawn("/bin/sh", ["-c", "read line"], { stdio: ["pipe", "pipe", "pipe"] });
      const ended = new Promise((resolve) => child.once("close", resolve));
      const { take, stop } = sampleUsage(child, child.pid ?? 0);
      vi.advanceTimersByTime(60_000);
      expect(vi.getTimerCount()).toBe(1);
      child.stdin.end("\n");
      await ended;
      expect(vi.getTimerCount()).toBe(0);
      const last = stop();
      take();
      expect(stop()).toEqual(last);
      expect(last.peakMemoryBytes !== undefined).toBe(onLinux);
    } finally {
      vi.useRealTimers();
    }
  });
});
