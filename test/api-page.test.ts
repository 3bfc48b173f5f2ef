import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainEnvironment, readText, root } from "./project.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-api-"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A block of a language on the page. */
function block(language: string, number = 0): string {
  const found = [...readText("docs/api.md").matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))];
  return found[number]?.[1] ?? "";
}

describe("docs/api.md", () => {
  it("its program: runs its document and prints what the page says", async () => {
    await writeFile(join(folder, "count.yml"), block("yaml"));
    await writeFile(join(folder, "count.mjs"), block("ts"));
    const options = { cwd: folder, env: plainEnvironment() };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["count.mjs"], options);
    expect(stderr).toBe("");
    expect(readText("docs/api.md")).toContain(`It prints \`${stdout.trim()}\`.`);
  });

  it("its workflow in TypeScript: runs and prints what the page says", async () => {
    await writeFile(join(folder, "review.mjs"), block("ts", 1));
    const options = { cwd: folder, env: plainEnvironment() };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["review.mjs"], options);
    expect(stderr).toBe("");
    expect(readText("docs/api.md")).toContain(`It prints \`${stdout.trim()}\`.`);
  });

  it("names: what it says of the doors is exported", async () => {
    const doors = await Promise.all([
      import("../packages/engine/src/index.js"),
      import("../packages/engine/src/runtime/engine-runtime.js"),
    ]);
    expect(Object.keys(doors[0])).toEqual(expect.arrayContaining(["createRuntime", "defineStep", "Workflow"]));
    const said = [...readText("docs/api.md").matchAll(/`runtime\.(\w+)\(/g)].map(([, name]) => name ?? "");
    expect(said.length).toBeGreaterThan(2);
    for (const name of said) expect(doors[1].EngineRuntime.prototype).toHaveProperty(name);
  });
});
