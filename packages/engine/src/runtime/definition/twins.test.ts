import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createRuntime, defineWorkflow, type Runtime } from "../../index.js";
import { standInStep } from "../../testing/compile-text.js";
import { intakeText, reviewText } from "../../testing/whole-documents.js";

const ports = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
const nested = (input: string, outputs: readonly string[]): string =>
  [
    `name: nested\ninput_data_units:\n  ${input}: { class: DataUnitMemory }`,
    "  draft: { class: DataUnitString, optional: true }\noutput_data_units:",
    ...outputs.map((name) => `  ${name}: { class: DataUnitMemory }`),
    `steps:\n  work: { class: FunctionStep, config: { function: summarize }, inputs: { it: { from: ${input} } } }\nlinks:`,
    ...outputs.map((name) => `  ${name}: { class: DirectLink, config: { source: work.${name}, target: ${name} } }`),
  ].join("\n");

const files: { readonly [path: string]: string } = {
  "review.yml": reviewText,
  "intake.yml": intakeText,
  "base.yml": "description: a base\n",
  "review.ts": "",
  "config/reader.yml": "model: sample\n",
  "schemas/notes.json": "{}",
  "workflows/improve.yml": nested("notes", ["result", "draft", "score"]),
  "workflows/one-file.yml": nested("row", ["result"]),
};

let folder = "";
let runtime: Runtime;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-twins-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const examples = fileURLToPath(new URL("../../../../../examples", import.meta.url));
  await cp(examples, join(folder, "examples"), { recursive: true });
  runtime = await createRuntime({
    environment: { HOOK_URL: "https://example.org/hook" },
    functions: { summarize: () => null },
    steps: [
      standInStep("nanobrain.library.steps.LiteratureSearchStep", ports("query", "limit"), ports("search_results")),
      standInStep("nanobrain.library.steps.CachedSearchStep", ports("query", "limit"), ports("search_results")),
      standInStep("nanobrain.library.steps.AgentStep", ports("paper"), ports("notes")),
    ],
  });
});
afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

/** The document's data as a definition; what it takes from beside itself is said. */
async function definitionOf(file: string): Promise<Parameters<Runtime["load"]>[0]> {
  const { extends: _base, ...data } = parse(await readFile(file, "utf8")) as { extends?: string; name: string };
  const module = file.replace(/\.yml$/, ".ts");
  const beside = (await readdir(dirname(file))).includes(module.slice(dirname(file).length + 1));
  return defineWorkflow({
    ...(beside ? { module: `./${module.slice(dirname(file).length + 1)}` } : {}),
    ...data,
  } as never);
}

async function expectTwins(path: string): Promise<void> {
  const file = join(folder, path);
  const loaded = await runtime.load(file);
  const built = await runtime.load(await definitionOf(file), { project: dirname(file) });
  const errors = [...loaded.diagnostics, ...built.diagnostics].filter(({ severity }) => severity === "error");
  expect(errors.map(({ code, path: at, message }) => `${code} ${at} ${message}`)).toEqual([]);
  expect(built.plan?.hash).toBe(loaded.plan?.hash);
  expect(built.plan?.hash).toMatch(/^[0-9a-f]{64}$/);
}

/** Classes that another package brings. */
const needsLibrary = /\b(Agent|LiteratureSearch|DataCollection|DataPreprocessing|ReportGeneration)Step\b|ChatWorkflow/;

describe("documents as definitions", () => {
  it.each(["review.yml", "intake.yml"])("%s, with every word of the language: the plan of the YAML", expectTwins);

  it("every example: the plan of the YAML", async () => {
    const found = (await readdir(join(folder, "examples"), { recursive: true })).filter((name) =>
      name.endsWith(".yml"),
    );
    const whole: string[] = [];
    for (const name of found) {
      const text = await readFile(join(folder, "examples", name), "utf8");
      const isWhole = /^name:/m.test(text) && /^steps:/m.test(text);
      if (isWhole && !needsLibrary.test(text)) whole.push(join("examples", name));
    }
    expect(whole.length).toBeGreaterThan(3);
    for (const path of whole) await expectTwins(path);
  });
});
