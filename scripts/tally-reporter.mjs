import { writeFileSync } from "node:fs";

/** A vitest reporter that writes what passed, failed and was skipped to the file of NANOBRAIN_TALLY. */
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, failures: [], skipped: 0, skippedNames: [] };
    for (const error of unhandledErrors) tally.failures.push(`outside any test: ${reason(error)}`);
    for (const module of modules) {
      const before = tally.failed;
      for (const test of module.children.allTests()) countTest(tally, test);
      // A file that cannot be loaded has no tests, and has still failed.
      if (module.state() === "failed" && tally.failed === before) {
        tally.failed += 1;
        tally.failures.push(`${module.relativeModuleId}: ${reason(module.errors()[0])}`);
      }
    }
    if (process.env.NANOBRAIN_TALLY !== undefined) writeFileSync(process.env.NANOBRAIN_TALLY, JSON.stringify(tally));
  }
}

function countTest(tally, test) {
  const { state, errors } = test.result();
  const name = `${test.module.relativeModuleId}: ${test.fullName}`;
  if (state === "passed") tally.passed += 1;
  else if (state === "failed") {
    tally.failed += 1;
    tally.failures.push(`${name}: ${reason(errors?.[0])}`);
  } else {
    tally.skipped += 1;
    tally.skippedNames.push(name);
  }
}

/** The first lines of what went wrong, short enough to stand in a list. */
function reason(error) {
  const message = String(error?.message ?? "no reason was given");
  return message.split("\n").slice(0, 4).join(" / ").slice(0, 400);
}
