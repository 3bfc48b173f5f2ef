import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { runNode } from "./program.mjs";
import { prepareSystemPackages } from "./system-packages.mjs";

const nothingRan = { passed: 0, failed: 1, failures: [], skipped: 0, skippedNames: [] };

/** Installs, builds and runs the tests (all, or those of `filters`); answers what passed, failed and was skipped. */
export async function runTests(filters = []) {
  if (!install() || !(await build())) return nothingRan;
  prepareSystemPackages();
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-tally-"));
  try {
    const file = join(folder, "tally.json");
    const exitCode = runNode(["node_modules/vitest/vitest.mjs", "run", ...filters], { NANOBRAIN_TALLY: file });
    const tally = readTally(file);
    // Vitest can fail without a failed test, and must never be reported green then.
    return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says which tests were skipped, then the line that ends every test run. Answers the exit code. */
export function printTally(tally) {
  for (const failure of tally.failures) console.log(`FAILED ${failure}`);
  for (const name of tally.skippedNames) console.log(`SKIPPED ${name}`);
  const skippedFails = process.env.CI === "true" && tally.skipped > 0;
  if (skippedFails) console.log("A skipped test is a failure in CI.");
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.failed > 0 || tally.passed === 0 || skippedFails ? 1 : 0;
}

function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return nothingRan;
  }
}

if (process.argv[1] === resolve(import.meta.filename))
  process.exitCode = printTally(await runTests(process.argv.slice(2)));
