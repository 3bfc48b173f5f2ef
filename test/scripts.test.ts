import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installLine, missingPrograms, neededPrograms } from "../scripts/system-packages.mjs";
import { printTally } from "../scripts/test.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("system packages", () => {
  const wanted = [
    { program: "here", debianPackage: "here-tools" },
    { program: "not-executable", debianPackage: "other-tools" },
    { program: "absent", debianPackage: "absent-tools" },
  ];

  it("what is missing: programs that no folder of the path holds as executables", () => {
    for (const name of ["here", "not-executable"]) writeFileSync(join(folder, name), "");
    chmodSync(join(folder, "here"), 0o755);
    chmodSync(join(folder, "not-executable"), 0o644);
    const missing = missingPrograms(wanted, ["", join(folder, "nowhere"), folder].join(delimiter));
    expect(missing.map(({ program }) => program)).toEqual(["not-executable", "absent"]);
    expect(installLine(missing)).toBe("apt-get install -y --no-install-recommends other-tools absent-tools");
  });

  it("the list: each program comes with its Debian package", () => {
    for (const { program, debianPackage } of neededPrograms)
      expect(`${program}${debianPackage}`).toMatch(/^[a-z0-9.+-]+$/);
  });
});

describe("tally", () => {
  const tally = (passed: number, failed: number, skipped: number) => ({
    passed,
    failed,
    failures: Array.from({ length: failed }, (_, index) => `wrong ${index}: 1 is not 2`),
    skipped,
    skippedNames: Array.from({ length: skipped }, (_, index) => `test ${index}`),
  });

  function print(counts: ReturnType<typeof tally>, ci: string): { exitCode: number; lines: readonly unknown[] } {
    vi.stubEnv("CI", ci);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const exitCode = printTally(counts);
    const lines = log.mock.calls.map(([line]) => line as unknown);
    log.mockRestore();
    return { exitCode, lines };
  }

  it("last line: passed, failed, skipped", () => {
    expect(print(tally(3, 0, 0), "true")).toEqual({ exitCode: 0, lines: ["3 passed, 0 failed, 0 skipped"] });
  });

  it("failed tests: named with their reasons, near the end", () => {
    const lines = ["FAILED wrong 0: 1 is not 2", "3 passed, 1 failed, 0 skipped"];
    expect(print(tally(3, 1, 0), "")).toEqual({ exitCode: 1, lines });
  });

  it("no test at all: a failure", () => {
    expect(print(tally(0, 0, 0), "").exitCode).toBe(1);
  });

  it("skipped tests: named; a failure in CI only", () => {
    expect(print(tally(3, 0, 1), "").exitCode).toBe(0);
    const inCi = print(tally(3, 0, 1), "true");
    expect(inCi.exitCode).toBe(1);
    expect(inCi.lines[0]).toBe("SKIPPED test 0");
    expect(inCi.lines.at(-1)).toBe("3 passed, 0 failed, 1 skipped");
  });
});
