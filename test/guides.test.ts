import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { commandLine, plainEnvironment, readText, root } from "./project.js";

const guides = ["events-and-triggers", "queues", "errors-and-rollback", "loops-and-people", "steering"];

describe.each(guides)("guide %s", (name) => {
  const text = readText(`docs/${name}.md`);

  it("length: 120 lines at most", () => {
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(120);
  });

  it("its YAML: whole documents, which are loaded with those of all pages", () => {
    const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(block).toMatch(/^name:[\s\S]*^steps:/m);
  });

  it("commands that it names: all exist", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [commandLine, "--help"], {
      cwd: root,
      env: plainEnvironment(),
    });
    const named = [...text.matchAll(/(?:^|`)nanobrain ([a-z]+)/gm)].map((match) => match[1] ?? "");
    for (const command of new Set(named)) expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, "m"));
  });

  it("pages and examples that it links to: all exist", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? "");
    for (const link of links) expect(readText(`docs/${link}`).length).toBeGreaterThan(0);
  });

  it("it can be found from README.md", () => {
    expect(readText("README.md")).toContain(`](docs/${name}.md)`);
  });
});
