import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

  it("the door: loads nothing but what the engine depends on", () => {
    const { dependencies } = JSON.parse(readText("packages/engine/package.json")) as { dependencies: object };
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const [, from, imported] of readText(path).matchAll(/\bfrom "([^"\s]+)"|\bimport\("([^"\s]+)"\)/g)) {
        const named = from ?? imported ?? "";
        if (named.startsWith(".")) visit(join(dirname(path), named));
        else if (!named.startsWith("node:"))
          packages.add(
            named
              .split("/")
              .slice(0, named.startsWith("@") ? 2 : 1)
              .join("/"),
          );
      }
    };
    visit("packages/engine/dist/testing/index.js");
    expect(seen.size).toBeGreaterThan(50);
    expect([...packages].filter((name) => !Object.hasOwn(dependencies, name))).toEqual([]);
  });

  it("names: what it says of the doors is exported", async () => {
    const kit = Object.keys(await import("../packages/engine/src/testing/index.js"));
    const said = [
      "createTestRuntime",
      "SimulatedClock",
      "fake",
      "fails",
      "hangs",
      "takes",
      "recordHttp",
      "guardedHttp",
    ];
    expect(kit.sort()).toEqual([...said].sort());
    const text = readText("docs/testing.md");
    expect(said.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
    const suites = readText("packages/engine/src/testing/conformance.ts");
    for (const [, name] of text.matchAll(/`(\w+Conformance)`/g)) expect(suites).toContain(name);
  });
});
