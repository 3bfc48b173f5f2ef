import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { root, runNode } from "./program.mjs";

const example = "examples/research";
const results = join(example, "results");
const store = join(example, ".nanobrain");
const commandLine = "packages/nanobrain/bundle/nanobrain.cjs";
const question = "deep learning protein structure prediction";

/** The research workflow from the question to its reports, out of recorded answers, and a report of the run itself. */
async function start() {
  if (!install() || !(await build())) return 1;
  const run = `research-${new Date().toISOString().replace(/\D/g, "").slice(0, 14)}`;
  const exitCode = runNode([
    ...[commandLine, "run", join(example, "research.yml"), "-i", `literature_sources=${question}`],
    ...["--replay-http", join(example, "recordings"), "--out", results, "--run-id", run, "--store", store],
  ]);
  if (exitCode !== 0) return exitCode;
  runNode([commandLine, "report", run, "--store", store, "--out", join(results, "run.html"), "--open", "no"]);
  console.log("\nThe reports:");
  for (const name of ["report_generation.pdf", "report_generation.html", "report_generation.docx", "run.html"]) {
    const path = join(root, results, name);
    if (existsSync(path)) console.log(`  ${relative(process.cwd(), path)}`);
  }
  return 0;
}

process.exitCode = await start();
