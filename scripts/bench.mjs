import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { root, runNode, runProgram } from "./program.mjs";

/*
 * npm run bench [-- --peers] [--quick] [--save]
 * npm run bench -- w1 --only ours,floor-promise-all --shapes chain-1000 [--rounds 3]
 * Builds, measures and prints the speed table, or the tables of one workload; bench/README.md says more. --peers first installs the
 * other engines into bench/. --save keeps the figures in bench/figures.json and puts them into docs/speed.md.
 */

const folder = join(root, "bench");

/** None of them needs an install script but the SQLite that some peers write to. */
function installPeers() {
  if (runProgram("npm", ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"]) !== 0) return false;
  const built = runProgram("npm", ["rebuild", "better-sqlite3", "--prefix", folder, "--ignore-scripts=false"]);
  if (built !== 0) console.error("better-sqlite3 cannot be built here: peers that need it are listed as such.");
  return true;
}

async function bench(args) {
  const isBuilt = existsSync(join(root, "packages/nanobrain/bundle/nanobrain.cjs"));
  const isPart = args[0] !== undefined && !args[0].startsWith("--");
  if (!install() || ((!isPart || !isBuilt) && !(await build()))) return 1;
  if (args.includes("--peers") && !installPeers()) return 1;
  const exitCode = runNode(["bench/src/bench.mjs", ...args]);
  if (exitCode !== 0 || !args.includes("--save")) return exitCode;
  return runNode(["scripts/speed-page.mjs"]);
}

if (process.argv[1] === resolve(import.meta.filename)) process.exitCode = await bench(process.argv.slice(2));
