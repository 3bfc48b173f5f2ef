import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { plainEnvironment } from "../project.js";
import type { Plant } from "../secrets/workbench.js";

/** Programs of this folder, run on the built engine in processes of their own, so that what they do to themselves is theirs. */

export type Ended<Said> = {
  /** One for each line on stdout. */
  readonly said: readonly Said[];
  /** Exit code or signal. */
  readonly end: number | NodeJS.Signals;
  readonly errors: string;
};

export type ChildOptions = {
  readonly node?: readonly string[];
  readonly boundMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** For a child whose engine has a bug in one of its built files. */
export function plantedEnvironment(plant: Plant): NodeJS.ProcessEnv {
  const planting = pathToFileURL(join(import.meta.dirname, "../secrets/plant.mjs")).href;
  return { NODE_OPTIONS: `--conditions=nanobrain-dist --import ${planting}`, NANOBRAIN_PLANT: JSON.stringify(plant) };
}

export type Child<Said> = {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly said: readonly Said[];
  /** Resolves once something was said that passes; rejects when the child ends before. */
  until(passes: (said: Said) => boolean): Promise<Said>;
  readonly ended: Promise<Ended<Said>>;
};

/** Starts a program of this folder. It is killed after `boundMs`, which its end tells. */
export function startChild<Said>(program: string, args: readonly string[], options: ChildOptions = {}): Child<Said> {
  const started = spawn(process.execPath, [...(options.node ?? []), join(import.meta.dirname, program), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: plainEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const said: Said[] = [];
  const waiting = new Set<() => void>();
  let errors = "";
  let rest = "";
  started.stderr.on("data", (data) => {
    errors = `${errors}${String(data)}`.slice(-10_000);
  });
  started.stdout.on("data", (data) => {
    const parts = `${rest}${String(data)}`.split("\n");
    rest = parts.pop() ?? "";
    said.push(...parts.filter((line) => line !== "").map((line) => JSON.parse(line) as Said));
    for (const look of waiting) look();
  });
  const ended = endOf(started, options.boundMs ?? 300_000).then((end) => ({ said, end, errors }));
  const until = (passes: (one: Said) => boolean): Promise<Said> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said.find(passes);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(({ end }) => reject(new Error(`${program} ended with ${end} before it said so: ${errors}`)));
    });
  return { process: started, pid: started.pid ?? 0, said, until, ended };
}

function endOf(child: ChildProcess, boundMs: number): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    const watchdog = setTimeout(() => child.kill("SIGKILL"), boundMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(watchdog);
      resolve(signal ?? code ?? -1);
    });
  });
}

/** Runs a program of this folder to its end. */
export function runChild<Said>(
  program: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<Ended<Said>> {
  return startChild<Said>(program, args, options).ended;
}

/** A folder that is gone afterwards, in memory where the system has a place for that. */
export async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "nanobrain-chaos-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
