import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { describeProject, readModulePorts } from "./project-registry.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const code = `const ports = { inputs: { text: {} }, outputs: { words: {} }, openInputs: false, openOutputs: false };
export const Count = {
  kind: "step", class: "Count", version: "1", summary: "Counts words.", effects: false, executor: "local",
  config: (zod) => zod.strictObject({}), ports: () => ports,
  run: async ({ inputs }) => ({ words: inputs.text.split(" ").length }),
};
export const shout = (value: string): string => value.toUpperCase();
`;

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nb-registry-"));
  folders.push(folder);
  return folder;
}

function project(): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, "steps"));
  mkdirSync(join(folder, "flows"));
  mkdirSync(join(folder, ".nanobrain"));
  writeFileSync(join(folder, "steps", "count.ts"), code);
  return folder;
}

async function written(folder: string): Promise<void> {
  const registry = await describeProject(folder, ["steps/count.ts"]);
  writeFileSync(join(folder, ".nanobrain", "registry.json"), JSON.stringify(registry));
}

describe("project registry", () => {
  it("module: its classes with ports, and its functions", async () => {
    const { modules } = await describeProject(project(), ["steps/count.ts"]);
    expect(modules["steps/count.ts"]).toMatchObject({
      classes: [{ export: "Count", class: "Count" }],
      functions: ["shout"],
    });
    expect(Object.keys(modules["steps/count.ts"]?.classes[0]?.ports.inputs ?? {})).toEqual(["text"]);
  });

  it("ports: found from a document's folder below, by the path the document uses", async () => {
    const folder = project();
    await written(folder);
    const found = await readModulePorts(join(folder, "flows"));
    expect(Object.keys(found?.modulePorts("../steps/count.ts", "Count")?.outputs ?? {})).toEqual(["words"]);
    expect(found?.modulePorts("../steps/count.ts", "Other")).toBeUndefined();
  });

  it("module edited since: its ports are open again", async () => {
    const folder = project();
    await written(folder);
    writeFileSync(join(folder, "steps", "count.ts"), `${code}// edited\n`);
    expect((await readModulePorts(folder))?.modulePorts("steps/count.ts", "Count")).toBeUndefined();
  });

  it("registry file that cannot be read: counts as empty", async () => {
    const folder = project();
    writeFileSync(join(folder, ".nanobrain", "registry.json"), "{");
    expect((await readModulePorts(folder))?.modulePorts("steps/count.ts", "Count")).toBeUndefined();
  });

  it("no registry file: undefined", async () => {
    expect(await readModulePorts(emptyFolder())).toBeUndefined();
  });
});
