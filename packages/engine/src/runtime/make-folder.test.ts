import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./make-folder.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nanobrain-folder-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("folder: made with those above it, for its owner only; one that exists is left as it is", () => {
  makeFolder(join(root, "a/b/c"));
  makeFolder(join(root, "a/b/c"));
  for (const path of ["a", "a/b", "a/b/c"]) expect(statSync(join(root, path)).mode & 0o777).toBe(0o700);
});

test("folder: a file in its place, or above it, is named", () => {
  writeFileSync(join(root, "file"), "");
  for (const path of ["file", "file/below", "file/far/below"])
    expect(() => makeFolder(join(root, path))).toThrow(expect.objectContaining({ code: "E_STORE_IO" }));
});

test("folder: where none can be made, the attempt ends with an error", () => {
  for (const path of ["/proc/none", "/proc/none/below"])
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code: "E_STORE_IO" }));
});
