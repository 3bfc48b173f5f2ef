import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { commandLine, plainEnvironment, root } from "../project.js";
import type { HostileDocument } from "./hostile-documents.js";

export type Trace = { readonly violations: readonly string[]; readonly opened: number; readonly documents: number };

/** What Node and the system's libraries open by themselves, read only. */
const own =
  /^(\/proc\/|\/sys\/|\/lib|\/usr\/|\/etc\/(ld\.so|ssl|localtime|nsswitch|resolv|host)|\/dev\/(null|urandom|random|tty))|openssl\.cnf$/;

/** Validates or plans documents under strace: what they connected to, started, opened and left behind. */
export function traced(command: "validate" | "plan", documents: readonly HostileDocument[]): Trace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-traced-")));
  const log = `${folder}.log`;
  try {
    mkdirSync(join(folder, "d"));
    writeFileSync(join(folder, "d/f.ts"), "throw new Error('imported');\n");
    const names = documents.map(({ text }, n) => {
      writeFileSync(join(folder, `d/${n}.yml`), text);
      return `d/${n}.yml`;
    });
    const before = readdirSync(folder, { recursive: true }).length;
    const calls =
      "trace=connect,execve,openat,openat2,open,creat,unlink,unlinkat,rename,renameat2,mkdir,mkdirat,symlink,link,linkat";
    for (const files of command === "plan" ? names.map((name) => [name]) : [names]) {
      const line = ["-f", "-qq", "-A", "-o", log, "-e", calls, process.execPath, commandLine, command, ...files];
      // The cache of the engine's own code, in the user's folder, is no matter of documents.
      const env = plainEnvironment({ NANOBRAIN_CODE_CACHE: "off" });
      spawnSync("strace", line, { cwd: folder, env, maxBuffer: 2 ** 28 });
    }
    const lines = readFileSync(log, "utf8").split("\n");
    const left = readdirSync(folder, { recursive: true }).length - before;
    return {
      violations: [
        ...judged(lines, folder, command === "plan" ? names.length : 1),
        ...(left === 0 ? [] : [`${left} files were left behind`]),
      ],
      opened: lines.filter((text) => text.includes("openat(")).length,
      documents: names.length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(log, { force: true });
  }
}

function judged(lines: readonly string[], folder: string, processes: number): readonly string[] {
  const product = [
    folder,
    join(root, "packages"),
    join(root, "node_modules"),
    realpathSync(join(root, "node_modules")),
    dirname(process.execPath),
    dirname(dirname(process.execPath)),
  ];
  const packages = readdirSync(join(root, "node_modules"))
    .slice(0, 1)
    .map((name) => dirname(realpathSync(join(root, "node_modules", name))));
  const roots = [...product, ...packages, dirname(packages[0] ?? root)];
  const isAllowed = (path: string): boolean =>
    !path.startsWith("/") || own.test(path) || roots.some((one) => path === one || path.startsWith(`${one}/`));
  let started = 0;
  return lines.flatMap((line) => {
    const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (call === undefined || /= -1 E(NOENT|NOTDIR)/.test(line)) return [];
    if (call === "execve") return ++started > processes ? [`started: ${line}`] : [];
    if (call === "connect") return [`connected: ${line}`];
    if (!call.startsWith("open")) return [`changed files: ${line}`];
    const path = /"([^"]*)"/.exec(line)?.[1] ?? "";
    if (/O_WRONLY|O_RDWR|O_CREAT/.test(line) && !path.startsWith("/dev/")) return [`opened for writing: ${line}`];
    return isAllowed(path) ? [] : [`opened: ${line}`];
  });
}

/** The same commands with and without `Object.prototype.__proto__`; what differs, in words. */
export function withoutProto(commands: readonly (readonly string[])[]): readonly string[] {
  return commands.flatMap((args) => {
    const [plain, strict] = [[], ["--disable-proto=throw"]].map((flags) => said([...flags, commandLine, ...args]));
    return plain === strict
      ? []
      : [`${args.join(" ")}: ${String(plain).slice(0, 300)} became ${String(strict).slice(0, 600)}`];
  });
}

function said(args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-proto-"));
  try {
    const options = { cwd: root, env: plainEnvironment({ NANOBRAIN_STORE: folder }), encoding: "utf8" } as const;
    return execFileSync(process.execPath, [...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { status, stderr } = error as { readonly status?: number; readonly stderr?: string };
    return `${status} ${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
