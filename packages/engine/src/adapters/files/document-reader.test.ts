import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDocumentReader } from "./document-reader.js";

let outer = "";
let project = "";
beforeEach(() => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), "nanobrain-reader-")));
  project = join(outer, "project");
  mkdirSync(project);
  writeFileSync(join(project, "workflow.yml"), "name: é\n");
  writeFileSync(join(outer, "secret.yml"), "secret");
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

describe("document reader", () => {
  it("read: gives the bytes of a file of the project", () => {
    const answer = createDocumentReader(project).read("workflow.yml");
    expect("bytes" in answer && Buffer.from(answer.bytes).toString()).toBe("name: é\n");
  });

  it("read: says why a file cannot be had", () => {
    symlinkSync("../secret.yml", join(project, "link.yml"));
    mkdirSync(join(project, "folder"));
    writeFileSync(join(project, "large.yml"), "");
    truncateSync(join(project, "large.yml"), 17 * 1024 * 1024);
    const reader = createDocumentReader(project);
    const problems = ["none.yml", "link.yml", "../secret.yml", join(outer, "secret.yml"), "folder", "large.yml"].map(
      (path) => reader.read(path),
    );
    expect(problems.map((answer) => ("problem" in answer ? answer.problem : "read"))).toEqual([
      "missing",
      "outside",
      "outside",
      "outside",
      "not_a_file",
      "too_large",
    ]);
  });

  it("read: an allowed root opens what a link leads to", () => {
    symlinkSync("../secret.yml", join(project, "link.yml"));
    expect("bytes" in createDocumentReader(project, [outer]).read("link.yml")).toBe(true);
  });

  it("exists: only what lies inside", () => {
    const reader = createDocumentReader(project);
    expect([reader.exists("workflow.yml"), reader.exists("none.yml"), reader.exists("../secret.yml")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("environment: own names only", () => {
    const reader = createDocumentReader(project, [], { HOST: "x" });
    expect([reader.environment("HOST"), reader.environment("NONE"), reader.environment("constructor")]).toEqual([
      "x",
      undefined,
      undefined,
    ]);
  });
});
