import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
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
import { pathToFileURL } from "node:url";
import { commandLine, compiledCommandLine, plainEnvironment } from "../project.js";
import { canaries } from "./canaries.js";
import { documents } from "./documents.js";
import { filesOf, hitsIn, type Written } from "./search.js";

/** Where secrets may be: nothing else there is searched for them. */
const sources = ["secrets", ".env"];

/** The end of a built file's path, a text in it, and what stands there instead. */
export type Plant = readonly [file: string, from: string, to: string];
const planting = pathToFileURL(join(import.meta.dirname, "plant.mjs")).href;

/** A project whose secrets are canaries, the commands used in it, and everything they said. */
export class Workbench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-secrets-")));
  readonly said: Written[] = [];
  readonly #running = new Set<ChildProcess>();

  readonly #plant: NodeJS.ProcessEnv;
  readonly #program: string;

  constructor(url: string, plant?: Plant) {
    this.#plant =
      plant === undefined
        ? {}
        : {
            NODE_OPTIONS: `--conditions=nanobrain-dist --import ${planting}`,
            NANOBRAIN_PLANT: JSON.stringify(plant),
          };
    this.#program = plant === undefined ? commandLine : compiledCommandLine;
    cpSync(join(import.meta.dirname, "world"), this.folder, { recursive: true });
    mkdirSync(join(this.folder, ".nanobrain"));
    mkdirSync(join(this.folder, "secrets"));
    for (const [path, text] of Object.entries(documents(url))) writeFileSync(join(this.folder, path), text);
    const from = (source: string) => canaries.filter((canary) => canary.source === source);
    for (const { name, value } of from("folder")) writeFileSync(join(this.folder, "secrets", name), `${value}\n`);
    const dotenv = from("dotenv").map(({ name, value }) => `${name}='${value}'\n`);
    writeFileSync(join(this.folder, ".env"), dotenv.join(""));
  }

  start(...args: readonly string[]): ChildProcess {
    const own = canaries.filter(({ source }) => source === "environment").map(({ name, value }) => [name, value]);
    const env = plainEnvironment({
      ...Object.fromEntries(own),
      NANOBRAIN_SECRETS: join(this.folder, "secrets"),
      ...this.#plant,
    });
    const child = spawn(process.execPath, [this.#program, ...args], {
      cwd: this.folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    child.on("close", () => this.#running.delete(child));
    for (const stream of ["stdout", "stderr"] as const) {
      const chunks: Buffer[] = [];
      child[stream]?.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.on("close", () =>
        this.said.push({ where: `${stream} of ${args.join(" ")}`, bytes: Buffer.concat(chunks) }),
      );
    }
    return child;
  }

  /** Runs a command to its end; the exit code, or the signal. */
  run(...args: readonly string[]): Promise<number | string> {
    const child = this.start(...args);
    return new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal ?? "")));
  }

  /** What the last command said on stdout. */
  get answer(): string {
    return this.said.findLast(({ where }) => where.startsWith("stdout"))?.bytes.toString() ?? "";
  }

  /** Ids of the store's runs with their workflows, newest first. */
  async runs(): Promise<readonly { readonly run_id: string; readonly workflow: string; readonly status: string }[]> {
    await this.run("runs", "--json", "--limit", "1000");
    return (JSON.parse(this.answer) as { runs: { run_id: string; workflow: string; status: string }[] }).runs;
  }

  written(): readonly Written[] {
    return [...filesOf(this.folder, sources), ...this.said];
  }

  /** Every canary that got out, in words. */
  leaks(): readonly string[] {
    return hitsIn(this.written(), canaries);
  }

  close(): void {
    for (const child of this.#running) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Command lines, and environments of lanes, in which a canary stands now. */
export function inProcesses(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const line = readOf(pid, "cmdline");
      const isLane = line.includes("process-entry");
      const seen = isLane ? line + readOf(pid, "environ") : line;
      return canaries
        .filter(({ name, value }) => name !== "SHORT" && seen.includes(value))
        .map(({ name }) => `${name} in ${line}`);
    });
}

function readOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
