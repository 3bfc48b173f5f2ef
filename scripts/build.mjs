import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { root, runNode } from "./program.mjs";

const compiler = "node_modules/typescript7/bin/tsc";
const commandLine = "packages/nanobrain/dist/bin.js";

/** Compiles what changed, drops output whose source is gone, makes the command line executable. True: done. */
export function build() {
  for (const name of readdirSync(join(root, "packages"))) dropOrphans(join(root, "packages", name));
  if (runNode([compiler, "-b"]) !== 0) {
    console.error("Cannot build: mend the type errors above.");
    return false;
  }
  const bin = join(root, commandLine);
  if (existsSync(bin)) chmodSync(bin, 0o755);
  return true;
}

function dropOrphans(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const path of readdirSync(dist, { recursive: true })) {
    const module = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(path)?.[1];
    if (module !== undefined && !existsSync(join(folder, "src", `${module}.ts`))) rmSync(join(dist, path));
  }
}

if (process.argv[1] === resolve(import.meta.filename)) process.exitCode = build() ? 0 : 1;
