import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { root, runNode } from "./program.mjs";

const example = "examples/quality/quality.yml";
const report = "examples/quality/out/report.html";

function start() {
  if (!install() || !build()) return 1;
  const exitCode = runNode(["packages/nanobrain/dist/bin.js", "run", example]);
  const path = join(root, report);
  if (exitCode === 0 && existsSync(path)) console.log(`\nThe report: ${relative(process.cwd(), path)}`);
  return exitCode;
}

process.exitCode = start();
