import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../project.js";

/** What a campaign found, as it is kept and shown. Counts are of this build, also over several resumed sessions. */
export type Figures = {
  readonly campaign: string;
  /** Guarantees it proves: `G1`... */
  readonly promises: readonly string[];
  /** How often each fault was put in, by its name: `F01 kill -9 at every durable call`. */
  readonly injected: Readonly<Record<string, number>>;
  /** Bugs planted on purpose, and whether the rig noticed each. */
  readonly planted: Readonly<Record<string, boolean>>;
  /** Points looked at: each is one fault or one combination, run to its end and judged. */
  readonly points: number;
  readonly violations: readonly string[];
  /** Anything else worth showing: counts, sizes, ratios. */
  readonly notes: Readonly<Record<string, string | number>>;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
  readonly seconds: number;
};

export type Ledger = {
  /** A fault was really put in; answers nothing. `count` defaults to 1. */
  injected(fault: string, count?: number): void;
  /** A bug was planted; `noticed`: the rig saw it. */
  planted(bug: string, noticed: boolean): void;
  note(name: string, value: string | number): void;
  /**
   * One point: `look` answers with the promises it saw broken, in words. A point that this build has passed in an earlier session is not
   * looked at again. `key` is unique within the campaign. What `look` injects counts with the point. Points may run side by side.
   */
  point(key: string, look: (injected: Ledger["injected"]) => Promise<readonly string[]>): Promise<void>;
};

type Line =
  | { readonly injected: string; readonly count: number }
  | { readonly planted: string; readonly noticed: boolean }
  | { readonly note: string; readonly value: string | number }
  | { readonly point: string; readonly broken: readonly string[] }
  | { readonly seconds: number };

const folder = join(root, "node_modules/.cache/nanobrain-trust");

/**
 * Runs a campaign and keeps its figures. Rejects when a promise was broken, when a planted bug went unnoticed, or when nothing was
 * injected: a campaign without faults proves nothing.
 */
export async function campaign(
  name: string,
  promises: readonly string[],
  run: (ledger: Ledger) => Promise<void>,
): Promise<void> {
  const build = buildHash();
  const file = join(folder, `${name}.${build}.jsonl`);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder))
    if (old.startsWith(`${name}.`) && old.endsWith(".jsonl") && old !== `${name}.${build}.jsonl`)
      rmSync(join(folder, old));
  const lines: Line[] = existsSync(file) ? readLines(file) : [];
  const began = performance.now();
  try {
    await run(ledgerOf(lines, file));
  } finally {
    write(lines, file, { seconds: (performance.now() - began) / 1000 });
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(figuresOf(name, promises, lines), null, 2)}\n`);
  }
  const faults = faultsOf(figuresOf(name, promises, lines));
  if (faults.length > 0) throw new Error(`${name}:\n${faults.slice(0, 50).join("\n")}`);
}

/** Why a campaign cannot be called passed; empty when it can. */
export function faultsOf({ injected, planted, violations }: Figures): string[] {
  const total = Object.values(injected).reduce((sum, count) => sum + count, 0);
  return [
    ...violations,
    ...Object.entries(planted).flatMap(([bug, noticed]) => (noticed ? [] : [`the planted bug was missed: ${bug}`])),
    ...(total === 0 ? ["nothing was injected"] : []),
  ];
}

function ledgerOf(lines: Line[], file: string): Ledger {
  const passed = new Set(lines.flatMap((line) => ("point" in line && line.broken.length === 0 ? [line.point] : [])));
  return {
    injected: (injected, count = 1) => write(lines, file, { injected, count }),
    planted: (planted, noticed) => write(lines, file, { planted, noticed }),
    note: (note, value) => write(lines, file, { note, value }),
    async point(key, look) {
      if (passed.has(key)) return;
      // What a point injects is kept with its verdict, or not at all.
      const found: Line[] = [];
      const broken = (await look((injected, count = 1) => void found.push({ injected, count }))).map(
        (what) => `${key}: ${what}`,
      );
      for (const line of [...found, { point: key, broken }]) write(lines, file, line);
    },
  };
}

function write(lines: Line[], file: string, line: Line): void {
  lines.push(line);
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function readLines(file: string): Line[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((text) => {
      try {
        return text === "" ? [] : [JSON.parse(text) as Line];
      } catch {
        return []; // The last line of a session that was killed.
      }
    });
}

function figuresOf(name: string, promises: readonly string[], lines: readonly Line[]): Figures {
  const injected: Record<string, number> = {};
  const planted: Record<string, boolean> = {};
  const notes: Record<string, string | number> = {};
  // A point that failed and was looked at again counts as it was last.
  const points = new Map<string, readonly string[]>();
  let seconds = 0;
  for (const line of lines) {
    if ("injected" in line) injected[line.injected] = (injected[line.injected] ?? 0) + line.count;
    else if ("planted" in line) planted[line.planted] = line.noticed;
    else if ("note" in line) notes[line.note] = line.value;
    else if ("point" in line) points.set(line.point, line.broken);
    else seconds += line.seconds;
  }
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`;
  const violations = [...points.values()].flat();
  const whole = { points: points.size, violations, notes, commit, node: process.version, machine };
  return { campaign: name, promises, injected, planted, ...whole, seconds: Math.round(seconds) };
}

/** Changes with everything the engine consists of. */
function buildHash(): string {
  const hash = createHash("sha256");
  for (const name of ["engine", "nanobrain"]) {
    const dist = join(root, "packages", name, "dist");
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
    for (const path of files.sort()) hash.update(path).update(readFileSync(join(dist, path)));
  }
  return hash.digest("hex").slice(0, 12);
}
