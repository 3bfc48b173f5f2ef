import { resolve } from "node:path";
import { runNode } from "./program.mjs";

/** Runners of the workloads that are measured as whole programs, by name; the others share one. */
const runners = { w4: "w4-sim", w6: "cli", w7: "cli" };

/** One workload as it was asked for: `npm run bench -- w1 --only ours,floor-promise-all --shapes chain-1000`. */
function bench(args) {
  const [workload = ""] = args;
  return runNode([`bench/src/${runners[workload] ?? "run"}.mjs`, ...args]);
}

if (process.argv[1] === resolve(import.meta.filename)) process.exitCode = bench(process.argv.slice(2));
