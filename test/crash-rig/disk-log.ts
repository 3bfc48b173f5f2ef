import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { childDoes, type Program, type Task } from "./processes.js";

/** One call that changes the disk, or makes what was changed last. `file` and `folder` are numbers of inodes. */
export type DiskOp =
  | { readonly kind: "name"; readonly path: string; readonly file: number; readonly isFolder: boolean }
  | { readonly kind: "unname"; readonly path: string }
  | { readonly kind: "write"; readonly file: number; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "cut"; readonly file: number; readonly size: number }
  | { readonly kind: "sync"; readonly path: string; readonly file: number };

const calls = "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink,rmdir,mkdir";

const unquoted = (text: string): string => Buffer.from(text.replaceAll("\\x", ""), "hex").toString();

/** Everything a run does to the disk, in order, as strace hears it. */
export async function diskLog(task: Task, program: Program = {}): Promise<readonly DiskOp[]> {
  const logs = mkdtempSync(join(tmpdir(), "nanobrain-calls-"));
  try {
    const tracer = ["strace", "-ff", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-o", join(logs, "of")];
    const end = await childDoes(task, program, [...tracer, "-e", `trace=${calls}`]);
    if (end !== "0") throw new Error(`the recorded run ended with ${end}`);
    const texts = readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8"));
    // All of the store is done by the main thread: its log is the one that opens the journal for writing.
    const main = texts.find((text) => text.includes("O_CREAT") && text.includes("pwrite64("));
    return new DiskLog(task.folder).read(main ?? "");
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}

/** Turns lines of strace into operations; knows which file has which name, and how long it is. */
class DiskLog {
  readonly #below: string;
  readonly #files = new Map<string, number>();
  readonly #sizes = new Map<number, number>();
  readonly #positions = new Map<string, number>();
  readonly #ops: DiskOp[] = [];
  #next = 1;

  constructor(folder: string) {
    this.#below = `${folder}/`;
    this.#files.set(folder, 0);
  }

  read(text: string): readonly DiskOp[] {
    for (const line of text.split("\n")) {
      const [, call = "", rest = "", result = "-1"] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? [];
      if (!result.startsWith("-")) this.#line(call, rest, result);
    }
    return this.#ops;
  }

  #line(call: string, rest: string, result: string): void {
    const quoted = [...rest.matchAll(/"((?:\\x..)*)"/g)].map(([, text = ""]) => text);
    const path = unquoted(quoted[0] ?? "");
    const [, fd = "", shown = ""] = /^(\d+)<((?:\\x..)*)/.exec(rest) ?? [];
    const open = unquoted(shown);
    if (call === "openat") this.#open(path, rest, result);
    else if (call === "mkdir") this.#name(path, true);
    else if (call === "unlink" || call === "rmdir") this.#unname(path);
    else if (call === "rename") this.#rename(path, unquoted(quoted[1] ?? ""));
    else if (this.#files.has(open)) this.#change(call, fd, open, rest, quoted[0] ?? "");
  }

  #open(path: string, rest: string, fd: string): void {
    if (!path.startsWith(this.#below)) return;
    if (rest.includes("O_CREAT") && !this.#files.has(path)) this.#name(path, false);
    const file = this.#files.get(path);
    if (file === undefined) return;
    if (rest.includes("O_TRUNC") && (this.#sizes.get(file) ?? 0) > 0) this.#cut(file, 0);
    this.#positions.set(fd, rest.includes("O_APPEND") ? (this.#sizes.get(file) ?? 0) : 0);
  }

  #change(call: string, fd: string, path: string, rest: string, data: string): void {
    const file = this.#files.get(path) as number;
    const last = Number(/(\d+)$/.exec(rest)?.[1]);
    if (call === "fsync" || call === "fdatasync") this.#ops.push({ kind: "sync", path, file });
    else if (call === "ftruncate") this.#cut(file, last);
    else {
      const bytes = Buffer.from(data.replaceAll("\\x", ""), "hex");
      const at = call === "pwrite64" ? last : (this.#positions.get(fd) ?? 0);
      if (call === "write") this.#positions.set(fd, at + bytes.length);
      this.#sizes.set(file, Math.max(this.#sizes.get(file) ?? 0, at + bytes.length));
      this.#ops.push({ kind: "write", file, at, bytes });
    }
  }

  #cut(file: number, size: number): void {
    this.#sizes.set(file, size);
    this.#ops.push({ kind: "cut", file, size });
  }

  #name(path: string, isFolder: boolean, file = this.#next++): void {
    if (!path.startsWith(this.#below)) return;
    this.#files.set(path, file);
    this.#ops.push({ kind: "name", path, file, isFolder });
  }

  #unname(path: string): void {
    if (!this.#files.delete(path)) return;
    this.#ops.push({ kind: "unname", path });
  }

  #rename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file === undefined) return;
    this.#unname(from);
    this.#name(to, false, file);
  }
}

/** The operations of `ops` that last when the power goes after them: their file, or the folder of their name, was synced since. */
export function lasting(ops: readonly DiskOp[]): readonly boolean[] {
  const synced = new Set<string | number>();
  return ops
    .toReversed()
    .map((op) => {
      if (op.kind === "sync") synced.add(op.file).add(op.path);
      if (op.kind === "sync") return true;
      return synced.has(op.kind === "write" || op.kind === "cut" ? op.file : dirname(op.path));
    })
    .toReversed();
}
