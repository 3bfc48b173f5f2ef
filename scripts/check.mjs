import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { runNode } from "./program.mjs";
import { printTally, runTests } from "./test.mjs";

const bin = (name) => `node_modules/${name}`;

/** Every part of the check besides the tests, quickest first. */
const parts = [
  {
    name: "format and lint (biome)",
    run: () => runNode([bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings"]) === 0,
    fix: "npm run fix, then mend by hand what it could not",
  },
  { name: "types", run: build, fix: "mend the type errors above" },
  {
    name: "types of the project's own tests",
    run: () => runNode([bin("typescript7/bin/tsc"), "-p", "test"]) === 0,
    fix: "mend the type errors above",
  },
  {
    name: "rules that need types (eslint)",
    run: () => runNode([bin("eslint/bin/eslint.js"), "--max-warnings=0", "."]) === 0,
    fix: "mend what eslint names above; the limits on sizes ask for a smaller file or function",
  },
  {
    name: "arrows between rooms (dependency-cruiser)",
    run: () =>
      runNode([bin("dependency-cruiser/bin/dependency-cruise.mjs"), "packages", "--output-type", "err-long"]) === 0,
    fix: "each rule named above says in .dependency-cruiser.cjs what to do instead",
  },
  {
    name: "unused code (knip)",
    run: () => runNode([bin("knip/bin/knip.js")]) === 0,
    fix: "delete what nothing uses",
  },
  {
    name: "copied code (jscpd)",
    run: () => runNode([bin("jscpd/run-jscpd.js"), "packages", "scripts"]) === 0,
    fix: "give the copied lines one home that both places use",
  },
];

async function check() {
  if (!install()) return printTally({ passed: 0, failed: 1, failures: [], skipped: 0, skippedNames: [] });
  const failed = [];
  for (const part of parts) {
    console.log(`\n== ${part.name}`);
    if (!(await part.run())) failed.push(part);
  }
  console.log("\n== tests");
  const tally = await runTests();
  for (const { name, fix } of failed) console.log(`FAILED ${name}: ${fix}`);
  if (tally.failed > 0) console.log("FAILED tests: run one with `npm test -- path/to/it.test.ts`");
  const testsExitCode = printTally(tally);
  return failed.length > 0 ? 1 : testsExitCode;
}

process.exitCode = await check();
