import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { childDoes, durableCalls, type Program } from "./processes.js";
import { drop, rigFolder, type Shape } from "./rig.js";

export const hasStrace = spawnSync("strace", ["-V"]).status === 0;

/** How often an undisturbed run of the shape makes each durable call, up to its end. */
export async function countedCalls(shape: Shape, program: Program = {}): Promise<Readonly<Record<string, number>>> {
  const folder = rigFolder();
  try {
    drop(folder, ["a.txt", "b.txt"]);
    const log = join(folder, "calls.log");
    const tracer = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", log, "-e", `trace=${durableCalls.join(",")}`];
    await childDoes({ folder, document: `${shape}.yml`, mode: "run" }, program, tracer);
    const counts: Record<string, number> = {};
    for (const [, call = ""] of readFileSync(log, "utf8").matchAll(/^\d+ +(\w+)\(/gm))
      counts[call] = (counts[call] ?? 0) + 1;
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
