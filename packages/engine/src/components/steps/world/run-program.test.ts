import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { transform } from "sucrase";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ProgramRequest, runProgram } from "./run-program.js";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-program-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

function request(over: Partial<ProgramRequest>): ProgramRequest {
  return {
    path: "/bin/sh",
    name: "sh",
    arguments: [],
    environment: { PATH: process.env["PATH"] ?? "/usr/bin:/bin" },
    folder,
    maxOutputBytes: 1 << 20,
    graceMs: 300,
    signal: never,
    ...over,
  };
}

const shell = (script: string, over: Partial<ProgramRequest> = {}) =>
  runProgram(request({ arguments: ["-c", script], ...over }));

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > limit) expect.fail("the condition did not come true");
    await delay(10);
  }
}

async function pidIn(file: string): Promise<number> {
  const path = join(folder, file);
  await until(() => existsSync(path) && /^\d+\n/.test(readFileSync(path, "utf8")));
  return Number(readFileSync(path, "utf8"));
}

describe("run program", () => {
  it("outputs and exit code: are told as they are", async () => {
    const end = await shell("printf out; printf err >&2; exit 7");
    expect(end).toMatchObject({ status: "ended", exitCode: 7, signalName: null });
    if (end.status === "ended") expect([end.stdout.toString(), end.stderr.toString()]).toEqual(["out", "err"]);
  });

  it("arguments: reach the program byte for byte, whatever they look like", async () => {
    const hostile = [
      "-c",
      "--eval",
      "; touch x",
      "$(touch x)",
      "`touch x`",
      "a\nb",
      "",
      " ",
      "*",
      "é\u{1F600}",
      "'\"\\",
      "%s",
      "&& x",
    ];
    const print = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const end = await runProgram(
      request({ path: process.execPath, name: "node", arguments: ["-e", print, "--", ...hostile] }),
    );
    expect(end.status === "ended" && JSON.parse(end.stdout.toString())).toEqual(hostile);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });

  it("environment: holds what is given and the mark, nothing of ours", async () => {
    const end = await runProgram(request({ path: "/usr/bin/env", name: "env", environment: { A: "1=2" } }));
    const lines = end.status === "ended" ? end.stdout.toString().trim().split("\n").sort() : [];
    expect(lines).toEqual(["A=1=2", expect.stringMatching(/^NANOBRAIN_ATTEMPT=\d+-[0-9a-z]+-[0-9a-z]+-\d+$/)]);
  });

  it("standard input: is a file, which may also be opened by name", async () => {
    writeFileSync(join(folder, "in"), "some text");
    const end = await shell("cat /dev/stdin", { stdin: join(folder, "in") });
    expect(end.status === "ended" && end.stdout.toString()).toBe("some text");
    const empty = await shell("cat");
    expect(empty.status === "ended" && empty.stdout.toString()).toBe("");
  });

  it("a flood on either stream: ends the program, and no more than the limit is held", async () => {
    const limit = { maxOutputBytes: 10_000 };
    expect(await shell("yes", limit)).toEqual({ status: "flooded", stream: "stdout" });
    expect(await shell("yes >&2", limit)).toEqual({ status: "flooded", stream: "stderr" });
    expect(await shell("head -c 10001 /dev/zero", limit)).toEqual({ status: "flooded", stream: "stdout" });
    expect(await shell("head -c 10000 /dev/zero", limit)).toMatchObject({ status: "ended", exitCode: 0 });
  });

  it("error lines: are told as they come, whole, the last one without an end too", async () => {
    const lines: string[] = [];
    await shell("printf 'one\\ntwo\\r\\n\\nlast' >&2; head -c 9000 /dev/zero | tr '\\0' x >&2", {
      onErrorLine: (l) => lines.push(l),
    });
    expect(lines.slice(0, 2)).toEqual(["one", "two"]);
    expect(lines.slice(2).join("")).toBe(`last${"x".repeat(9000)}`);
  });

  it("a signal: its name is told", async () => {
    expect(await shell("kill -USR1 $$")).toMatchObject({ status: "ended", exitCode: null, signalName: "SIGUSR1" });
  });

  it("a file that cannot be run: is told with its cause", async () => {
    const end = await runProgram(request({ path: join(folder, "nothing") }));
    expect(end).toMatchObject({ status: "not_started", cause: { code: "ENOENT" } });
    const huge = await runProgram(request({ path: "/bin/echo", arguments: ["x".repeat(3 << 20)] }));
    expect(huge).toMatchObject({ status: "not_started", cause: { code: "E2BIG" } });
  });
});

describe("run program: what is left behind", () => {
  const abortWhen = async (script: string, file: string): Promise<number> => {
    const controller = new AbortController();
    const running = shell(script, { signal: controller.signal });
    const pid = await pidIn(file);
    expect(alive(pid)).toBe(true);
    controller.abort();
    expect(await running).toEqual({ status: "aborted" });
    return pid;
  };

  it("abort: ends a grandchild", async () => {
    const pid = await abortWhen("sh -c 'sleep 600 & echo $! > pid; wait' & wait", "pid");
    expect(alive(pid)).toBe(false);
  });

  it("abort: ends what ignores SIGTERM, children too", async () => {
    const script =
      "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > pid; while :; do sleep 600; done' & while :; do sleep 600; done";
    expect(alive(await abortWhen(script, "pid"))).toBe(false);
  });

  it("abort: a program that ends in time may clean up first", async () => {
    await abortWhen("trap 'echo done > cleaned; exit 0' TERM; echo $$ > pid; while :; do sleep 0.01; done", "pid");
    expect(readFileSync(join(folder, "cleaned"), "utf8")).toBe("done\n");
  });

  it.runIf(process.platform === "linux")("abort: ends a grandchild that left the process group", async () => {
    const pid = await abortWhen("setsid sh -c 'echo $$ > pid; exec sleep 600' > /dev/null 2>&1 & sleep 600", "pid");
    expect(alive(pid)).toBe(false);
  });

  it("normal end: a child in the background is ended", async () => {
    const end = await shell("sleep 600 & echo $! > pid; echo said");
    expect(end).toMatchObject({ status: "ended", exitCode: 0 });
    expect(end.status === "ended" && end.stdout.toString()).toBe("said\n");
    expect(alive(await pidIn("pid"))).toBe(false);
  });

  it("normal end: a child that ends soon may still write", async () => {
    const end = await shell("(sleep 0.02; echo late) & echo early");
    expect(end.status === "ended" && end.stdout.toString()).toBe("early\nlate\n");
  });

  it("flood by a grandchild: it is ended", async () => {
    const end = await shell("sh -c 'echo $$ > pid; while :; do echo flood; done' & wait", { maxOutputBytes: 5_000 });
    expect(end).toEqual({ status: "flooded", stream: "stdout" });
    expect(alive(await pidIn("pid"))).toBe(false);
  });

  const sources = [
    ...["run-program", "bounded-output", "usage-samples"].map((name) => `components/steps/world/${name}`),
    ...["guardian", "process-tree", "tree-usage"].map((name) => `processes/${name}`),
  ];
  const startedThings = [
    ["its group", "echo $$ > pid; sleep 600 & echo $! > child; wait"],
    ["what left the group", "echo $$ > pid; setsid sh -c 'echo $$ > child; exec sleep 600' & wait"],
  ] as const;
  it.each(startedThings.slice(0, process.platform === "linux" ? 2 : 1))(
    "kill -9 of this process: the guardian ends %s",
    async (_what, script) => {
      const engineFolder = join(import.meta.dirname, "../../..");
      for (const name of sources) {
        const source = readFileSync(join(engineFolder, `${name}.ts`), "utf8");
        mkdirSync(join(folder, name, ".."), { recursive: true });
        writeFileSync(join(folder, `${name}.js`), transform(source, { transforms: ["typescript"] }).code);
      }
      const asked = { ...request({}), arguments: ["-c", script] };
      writeFileSync(join(folder, "package.json"), '{"type":"module"}');
      writeFileSync(
        join(folder, "driver.js"),
        `import { runProgram } from "./components/steps/world/run-program.js";
       await runProgram({ ...${JSON.stringify(asked)}, signal: new AbortController().signal });`,
      );
      const engine = spawn(process.execPath, [join(folder, "driver.js")], { stdio: "inherit" });
      const pid = await pidIn("pid");
      const child = await pidIn("child");
      engine.kill("SIGKILL");
      await until(() => !alive(pid) && !alive(child));
    },
  );
});
