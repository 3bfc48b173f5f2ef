import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { root, runNode } from "./program.mjs";

const example = "examples/quality";
const report = "examples/quality/results/report.html";

async function start() {
  if (!install() || !(await build())) return 1;
  const { run, inputs } = JSON.parse(readFileSync(join(root, example, "example.json"), "utf8"));
  const given = inputs.flatMap((input) => ["-i", input]);
  const exitCode = runNode(["packages/nanobrain/bundle/nanobrain.cjs", "run", join(example, run), ...given]);
  const path = join(root, report);
  if (exitCode === 0 && existsSync(path)) console.log(`\nThe report: ${relative(process.cwd(), path)}`);
  return exitCode;
}

process.exitCode = await start();
