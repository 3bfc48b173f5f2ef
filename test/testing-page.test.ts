import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainEnvironment, readText, root } from "./project.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-testing-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first block of a language on the page. */
function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(readText("docs/testing.md"))?.[1] ?? "";
}

describe("docs/testing.md", () => {
  it("its test: passes, with any runner", async () => {
    await writeFile(join(folder, "watch.yml"), block("yaml"));
    await writeFile(join(folder, "watch.test.mjs"), block("ts"));
    const options = { cwd: folder, env: plainEnvironment() };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--test", "--test-reporter=tap", "watch.test.mjs"],
      options,
    );
    expect(stdout).toMatch(/^# pass 1$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
  });

  it("names: what it says of the doors is exported", async () => {
    const kit = Object.keys(await import("../packages/engine/src/testing/index.js"));
    const said = ["createTestRuntime", "SimulatedClock", "fake", "fails", "hangs", "takes", "recordHttp"];
    expect(kit.sort()).toEqual([...said].sort());
    const text = readText("docs/testing.md");
    expect(said.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
    const suites = readText("packages/engine/src/testing/conformance.ts");
    for (const [, name] of text.matchAll(/`(\w+Conformance)`/g)) expect(suites).toContain(name);
  });
});
