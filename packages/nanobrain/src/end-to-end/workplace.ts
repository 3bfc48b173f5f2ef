import { type ChildProcess, spawn } from "node:child_process";
import {
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
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built command line: what people install. */
const bin = fileURLToPath(new URL("../../bundle/nanobrain.cjs", import.meta.url));

export type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
};

export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when a text has appeared on stderr, and fails when the process ended without it. */
  said(text: string): Promise<void>;
};

/** A folder with documents, in which the command line is used as a program. */
export class Workplace {
  readonly folder: string;
  private readonly running = new Set<ChildProcess>();

  constructor(files: { readonly [path: string]: string } = {}) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "nb-cli-")));
    mkdirSync(join(this.folder, ".nanobrain"));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  /** Names of what lies in a folder; none where there is no such folder. */
  files(path: string): readonly string[] {
    return this.has(path) ? readdirSync(join(this.folder, path)) : [];
  }

  /** `stdin`: what is typed; without it there is nothing to read. */
  start(args: readonly string[], environment: { readonly [name: string]: string } = {}, stdin?: string): Running {
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.folder, ...environment };
    const child = spawn(process.execPath, [bin, ...args], { cwd: this.folder, env });
    child.stdin.end(stdin ?? "");
    this.running.add(child);
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on("close", (code, signal) => {
        this.running.delete(child);
        resolve({ code, signal, out, err });
      });
    });
    const said = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (err.includes(text)) resolve();
        };
        look();
        child.stderr.on("data", look);
        child.on("close", () => reject(new Error(`ended without saying ${text}:\n${out}\n${err}`)));
      });
    return { child, ended, said };
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** The names of the store's runs, newest first. */
  async runs(): Promise<readonly { readonly name: string; readonly status: string }[]> {
    const { out } = await this.run("runs", "--json");
    return (JSON.parse(out) as { readonly runs: readonly { readonly name: string; readonly status: string }[] }).runs;
  }

  close(): void {
    for (const child of this.running) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
