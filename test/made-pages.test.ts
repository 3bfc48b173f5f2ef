import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { firstDifference } from "../scripts/made-page.mjs";
import { plainEnvironment, root } from "./project.js";

/** What a script says with `--check`; "" if the pages are what the code says. */
async function checked(script: string): Promise<string> {
  const options = { cwd: root, env: plainEnvironment() };
  return promisify(execFile)(process.execPath, [`scripts/${script}.mjs`, "--check"], options).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { readonly stdout: string; readonly stderr: string }) => error.stdout + error.stderr,
  );
}

describe("pages made from the code", () => {
  it.each([
    ["steps-page", "docs/steps.md and docs/library.md: every class as the code declares it"],
    ["api-report", "docs/api-report.md: the public names as the doors export them"],
    ["error-pages", "docs/errors: every example makes its code happen and prints what the page says"],
    ["speed-page", "docs/speed.md: the figures of bench/figures.json"],
    ["trust-page", "docs/trust.md: the figures of docs/trust-figures.json, of which none is red"],
  ])("%s: %s (else run the script and look at what it changed)", { timeout: 600_000 }, async (script) => {
    expect(await checked(script)).toBe("");
  });

  it("what differs: the first line that does", () => {
    expect(firstDifference("a\nb\n", "a\nb\n")).toBeUndefined();
    expect(firstDifference("a\nb\n", "a\nc\n")).toEqual({ line: 2, found: "b", expected: "c" });
    expect(firstDifference("a\n", "a\n\nb")).toMatchObject({ line: 3, found: "(nothing)", expected: "b" });
  });
});
