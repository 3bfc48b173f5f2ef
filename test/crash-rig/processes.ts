import { type ChildProcess, fork, spawn } from "node:child_process";
import { join } from "node:path";
import type { DriverName } from "../../packages/engine/src/adapters/stores/sqlite/driver.js";

const here = import.meta.dirname;

/** Which engine drives the runs: the built one, unless `rig` names the folder of a rig beside another one. */
export type Program = {
  readonly driver?: DriverName | undefined;
  /** A binary of Node. */
  readonly node?: string | undefined;
  readonly rig?: string | undefined;
  /** How the run is called; without: `rig`. Only such runs can be judged. */
  readonly runId?: string | undefined;
};

export type Task = {
  readonly folder: string;
  readonly document: string;
  readonly mode: "run" | "resume" | "answer" | "ask";
  readonly killAt?: number;
  readonly planted?: string;
};

/** All that can change what is on disk, and what makes it last. */
export const durableCalls = [
  "pwrite64",
  "fsync",
  "fdatasync",
  "ftruncate",
  "rename",
  "unlink",
  "mkdir",
  "linkat",
] as const;

/** A prefix that does something to a program at its n-th system call of these names: `signal=KILL:when=3`. */
export function injectedAt(calls: string, what: string): readonly string[] {
  // Not with --seccomp-bpf: strace sends no signals, then.
  const quiet = ["strace", "-f", "-qq", "-o", "/dev/null"];
  return [...quiet, "-e", `trace=${calls}`, "-e", `inject=${calls}:${what}`];
}

/** A prefix that kills a program with its n-th system call of these names. */
export const killedAt = (calls: string, n: number): readonly string[] => injectedAt(calls, `signal=KILL:when=${n}`);

function environment({ driver, runId }: Program): NodeJS.ProcessEnv {
  const chosen = driver === undefined ? {} : { NANOBRAIN_SQLITE: driver };
  return { ...process.env, ...chosen, ...(runId === undefined ? {} : { RIG_RUN: runId }) };
}

/** Runs a program to its end, 120 s at most: the signal or exit code it ended by, and what it complained about. */
export function ended(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  boundMs = 120_000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const started = spawn(args[0] as string, args.slice(1), {
      stdio: ["ignore", "ignore", "pipe"],
      env,
      detached: true,
    });
    let complaint = "";
    started.stderr.on("data", (data) => {
      complaint += String(data);
    });
    const watchdog = setTimeout(() => killGroup(started), boundMs);
    started.on("error", reject);
    started.on("close", (code, signal) => {
      clearTimeout(watchdog);
      resolve(signal ?? (code === 0 ? "0" : `${code ?? ""} ${complaint}`));
    });
  });
}

/** A tracer that is killed lets its program go on: both end together. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}

/** The engine file by file, as the rig patches some of them. */
const asCompiled = "--conditions=nanobrain-dist";

/** Does a task in a process of its own. */
export function childDoes(
  task: Task,
  program: Program = {},
  tracer: readonly string[] = [],
  boundMs?: number,
): Promise<string> {
  const { folder, document, mode, killAt = 0, planted = "" } = task;
  const child = join(program.rig ?? here, "child.mjs");
  const args = [program.node ?? process.execPath, asCompiled, child, folder, document, mode, String(killAt), planted];
  return ended([...tracer, ...args], environment(program), boundMs);
}

/** Workers that wait for a task, by the program they run. They end with us. */
const idle = new Map<string, ChildProcess[]>();

/** Does a task in a process that did others before: as `childDoes`, without the start. Never for tasks that kill. */
export async function workerDoes(task: Task, program: Program = {}, boundMs = 60_000): Promise<string> {
  const key = JSON.stringify(program);
  const waiting = idle.get(key) ?? [];
  idle.set(key, waiting);
  const last = waiting.pop();
  const worker = last?.connected === true ? last : started(program);
  const end = await answered(worker, task, boundMs);
  if (worker.connected && worker.exitCode === null) waiting.push(worker);
  return end;
}

function started(program: Program): ChildProcess {
  const worker = fork(join(program.rig ?? here, "worker.mjs"), [], {
    execPath: program.node ?? process.execPath,
    execArgv: [asCompiled],
    env: environment(program),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  worker.unref();
  worker.channel?.unref();
  return worker;
}

function answered(worker: ChildProcess, task: Task, boundMs: number): Promise<string> {
  worker.channel?.ref();
  return new Promise((resolve) => {
    const settle = (end: string): void => {
      clearTimeout(watchdog);
      worker.removeAllListeners("message");
      worker.removeAllListeners("exit");
      worker.channel?.unref();
      resolve(end);
    };
    const watchdog = setTimeout(() => {
      worker.kill("SIGKILL");
      worker.disconnect();
      settle(`hangs: nothing after ${boundMs / 1000} s`);
    }, boundMs);
    worker.once("message", (answer: { readonly end: string }) => settle(answer.end));
    worker.once("exit", (code, signal) => settle(`the process ended: ${signal ?? code}`));
    worker.send(task);
  });
}
