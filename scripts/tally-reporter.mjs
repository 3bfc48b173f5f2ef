import { writeFileSync } from "node:fs";

/** A vitest reporter that writes what passed, failed and was skipped to the file of NANOBRAIN_TALLY. */
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0, skippedNames: [] };
    for (const module of modules) {
      const before = tally.failed;
      for (const test of module.children.allTests()) countTest(tally, test);
      // A file that cannot be loaded has no tests, and has still failed.
      if (module.state() === "failed" && tally.failed === before) tally.failed += 1;
    }
    if (process.env.NANOBRAIN_TALLY !== undefined) writeFileSync(process.env.NANOBRAIN_TALLY, JSON.stringify(tally));
  }
}

function countTest(tally, test) {
  const { state } = test.result();
  if (state === "passed") tally.passed += 1;
  else if (state === "failed") tally.failed += 1;
  else {
    tally.skipped += 1;
    tally.skippedNames.push(`${test.module.relativeModuleId}: ${test.fullName}`);
  }
}
