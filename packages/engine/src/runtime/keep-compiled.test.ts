import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepCompiled } from "./keep-compiled.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-compiled-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("keepCompiled", () => {
  it("more than 200: the newest stay", () => {
    const compiled = join(folder, "compiled");
    mkdirSync(compiled);
    for (let age = 1; age <= 230; age++) {
      writeFileSync(join(compiled, `${age}.json`), "{}");
      utimesSync(join(compiled, `${age}.json`), 1_000_000 - age, 1_000_000 - age);
    }
    keepCompiled(join(compiled, "new.json"), "new");
    const expected = ["new.json", ...Array.from({ length: 199 }, (_, index) => `${index + 1}.json`)];
    expect(readdirSync(compiled).sort()).toEqual(expected.sort());
    expect(readFileSync(join(compiled, "new.json"), "utf8")).toBe("new");
  });

  it("a folder that cannot be made: nothing is kept, nothing fails", () => {
    writeFileSync(join(folder, "compiled"), "in the way");
    keepCompiled(join(folder, "compiled", "new.json"), "new");
    expect(readdirSync(folder)).toEqual(["compiled"]);
  });
});
