import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, compiledCommandLine, plainEnvironment } from "../project.js";

/** Many small steps with values of their own, large enough to be blobs; which of them are done changes all the time. */
const document = `name: load
output_data_units:
  sums: { class: DataUnitMemory }
steps:
  each:
    class: Workflow
    config: one.yml
    for_each: { over: numbers, as: number, concurrency: 4 }
    inputs: { numbers: [${Array.from({ length: 120 }, (_, n) => n).join(", ")}] }
links:
  sums: { class: DirectLink, config: { source: each.sum, target: sums } }
`;
const one = `name: one
input_data_units:
  number: { class: DataUnitMemory }
output_data_units:
  sum: { class: DataUnitMemory }
steps:
  list: { class: TransformStep, config: { expression: "[number..number + 12000]" }, inputs: { number: { from: number } } }
  wait: { class: WaitStep, config: { for: 0.2 }, depends_on: [list] }
  add: { class: TransformStep, config: { expression: "$sum(list)" }, inputs: { list: { from: list.output } }, depends_on: [wait] }
links:
  sum: { class: DirectLink, config: { source: add.output, target: sum } }
`;

export type Ended = { readonly code: number | string; readonly out: string; readonly err: string };

/** A run under way in a process of its own, and what is copied of its store meanwhile. */
export class LoadedStore {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-load-")));
  readonly run: ChildProcess;
  /** Events that were told of: they are on disk. */
  told = 0;

  constructor() {
    writeFileSync(join(this.folder, "load.yml"), document);
    writeFileSync(join(this.folder, "one.yml"), one);
    mkdirSync(join(this.folder, ".nanobrain"));
    this.run = this.#start(["run", "load.yml", "--run-id", "load", "--jsonl"], {});
    this.run.stdout?.on("data", (chunk: Buffer) => {
      this.told += chunk.toString().split("\n").length - 1;
    });
    this.run.stderr?.resume();
  }

  get isOver(): boolean {
    return this.run.exitCode !== null || this.run.signalCode !== null;
  }

  #start(args: readonly string[], more: NodeJS.ProcessEnv): ChildProcess {
    // A bug is put in file by file.
    const program = "NANOBRAIN_PLANT" in more ? compiledCommandLine : commandLine;
    return spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: plainEnvironment(more),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  command(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const child = this.#start(args, more);
    let [out, err] = ["", ""];
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    return new Promise((resolve) =>
      child.on("close", (code, signal) => resolve({ code: code ?? signal ?? "", out, err })),
    );
  }

  /** Copies the files of the store as they lie there, one after the other. */
  copyFiles(name: string): string {
    const copy = join(this.folder, name);
    mkdirSync(copy);
    for (const entry of readdirSync(join(this.folder, ".nanobrain"), { recursive: true, withFileTypes: true })) {
      if (
        !entry.isFile() ||
        entry.name.endsWith(".lock") ||
        entry.name.endsWith("-shm") ||
        entry.name.includes("owner")
      )
        continue;
      const path = join(entry.parentPath, entry.name);
      const to = join(copy, path.slice(join(this.folder, ".nanobrain").length));
      try {
        cpSync(path, to, { recursive: true });
      } catch {
        // It was there a moment ago.
      }
    }
    return copy;
  }

  /** Resolves with the code when the run under way has ended. */
  async ended(): Promise<number | string> {
    if (!this.isOver) await new Promise((resolve) => this.run.once("close", resolve));
    return this.run.exitCode ?? this.run.signalCode ?? "";
  }

  close(): void {
    this.run.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the run gives, by arithmetic. */
export const expectedSums: readonly number[] = Array.from({ length: 120 }, (_, n) => (12_001 * (n + n + 12_000)) / 2);

/** Checks a store and goes on with its run; what is wrong, in words. */
export async function goesOn(loaded: LoadedStore, store: string): Promise<readonly string[]> {
  const looked = await loaded.command(["doctor", "--store", store, "--json"]);
  if (looked.code === 4) return [`doctor: ${looked.out.slice(0, 500)}`];
  const { code, out, err } = await loaded.command(["resume", "load", "--store", store, "--json"]);
  if (code !== 0) return [`resume ended with ${code}: ${err.slice(-500)}`];
  const { outputs } = JSON.parse(out) as { readonly outputs: { readonly sums: readonly number[] } };
  return JSON.stringify(outputs.sums) === JSON.stringify(expectedSums)
    ? []
    : [`it gave ${JSON.stringify(outputs).slice(0, 200)}`];
}

/** How many events of the run a store has; -1: it has no such run. */
export async function eventsIn(loaded: LoadedStore, store: string): Promise<number> {
  const { code, out } = await loaded.command(["events", "load", "--store", store, "--jsonl"]);
  return code === 0 ? out.trim().split("\n").length : -1;
}

/** Changes one byte in the middle of a file. */
export function damage(path: string): void {
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}

/** The first blob of a backup or store. */
export function firstBlob(folder: string): string {
  const entries = readdirSync(join(folder, "blobs"), { recursive: true, withFileTypes: true });
  const [entry] = entries.filter((one) => one.isFile() && /^[0-9a-f]{62}$/.test(one.name));
  return entry === undefined ? join(folder, "blobs/none") : join(entry.parentPath, entry.name);
}
