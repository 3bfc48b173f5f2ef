import { resolve } from "node:path";
import { runNode } from "./program.mjs";

/** `npm run bench -- w1 --only ours,floor-promise-all --shapes chain-1000`: see bench/README.md. */
function bench(args) {
  return runNode(["bench/src/bench.mjs", ...args]);
}

if (process.argv[1] === resolve(import.meta.filename)) process.exitCode = bench(process.argv.slice(2));
