import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plant } from "../secrets/workbench.js";
import { sampleValue } from "./hostile-expressions.js";

export type Kind = "condition" | "transform" | "template" | "pattern" | "document";

export type Attacked = {
  /** Broken promises, in words. */
  readonly violations: readonly string[];
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly slowest: string;
};

/** CPU time that one may take at most here, well above what is promised: the machine is busy, and code is run for the first time. */
const mostCpuMs: { readonly [kind in Kind]: number } = {
  condition: 1500,
  transform: 3000,
  template: 3000,
  pattern: 6000,
  document: 3000,
};
/** The bound that is given to what takes one. */
const limitMs = 500;
/** How long one piece of work may go without a sign of progress. */
const watchdogMs = 90_000;

const planting = pathToFileURL(join(import.meta.dirname, "../secrets/plant.mjs")).href;

/** Runs attacks of one kind in a process that is ended when it hangs. `plant`: with a bug in the engine. */
export async function attack(kind: Kind, items: readonly unknown[], plant?: Plant): Promise<Attacked> {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-attack-"));
  const [input, output, progress] = ["in.json", "out.json", "progress"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    writeFileSync(input, JSON.stringify({ kind, items, value: sampleValue, mostCpuMs: mostCpuMs[kind], limitMs }));
    const planted = plant === undefined ? [] : ["--import", planting];
    const env = plant === undefined ? process.env : { ...process.env, NANOBRAIN_PLANT: JSON.stringify(plant) };
    const args = [...planted, join(import.meta.dirname, "attack-child.mjs"), input, output, progress];
    const child = spawn(process.execPath, ["--max-old-space-size=1024", ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    let seen = "";
    const watchdog = setInterval(() => {
      const now = existsSync(progress) ? readFileSync(progress, "utf8") : "-";
      if (now === seen) child.kill("SIGKILL");
      seen = now;
    }, watchdogMs);
    const end = await new Promise<string>((resolve) =>
      child.on("close", (code, signal) => resolve(String(signal ?? code))),
    );
    clearInterval(watchdog);
    if (existsSync(output)) return JSON.parse(readFileSync(output, "utf8")) as Attacked;
    const at = existsSync(progress) ? readFileSync(progress, "utf8") : "the start";
    const why = end === "SIGKILL" ? "hung and was ended" : `died with ${end}: ${complaint}`;
    return { violations: [`${kind} ${at} ${why}`], accepted: 0, refused: 0, slowestMs: watchdogMs, slowest: at };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
