import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CompileTextOptions, compileText, standInStep } from "../packages/engine/src/testing/compile-text.js";
import { pack } from "../packages/library/src/pack.js";
import { readText, root } from "./project.js";

type Block = { readonly title: string; readonly text: string };

/** The YAML blocks of a page, named by the page and their place on it. */
function blocksOf(page: string, text: string): readonly Block[] {
  const found = [...text.matchAll(/^```yaml[^\n]*\n([\s\S]*?)^```$/gm)];
  return found.map(([, body = ""], index) => ({ title: `${page}, block ${index + 1}`, text: body }));
}

function isWhole({ text }: Block): boolean {
  return /^name:/m.test(text) && /^steps:/m.test(text);
}

/** Faults of a document as `CODE path`. */
async function faults(text: string, options: CompileTextOptions = {}): Promise<readonly string[]> {
  const { diagnostics } = await compileText(text, options);
  return diagnostics.filter((one) => one.severity === "error").map((one) => `${one.code} ${one.path}: ${one.message}`);
}

const ports = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((page) =>
  page.endsWith(".md"),
);
const blocks = pages.flatMap((page) => blocksOf(page, readText(page)));
const whole = blocks.filter(isWhole);
const classExamples = blocksOf("docs/steps.md", readText("docs/steps.md"));

/** What the documents of the pages name beside themselves. */
const beside: CompileTextOptions = {
  packs: [pack],
  definitions: [
    standInStep("WordCount", ports("text"), ports("words")),
    standInStep("Summarize", ports("weather"), ports("text")),
  ],
  files: {
    ...{ "review.ts": "", "shop.ts": "", "fold.ts": "", "report.liquid": "" },
    ...{ "answers.yml": "", "writer.yml": "", "critic.yml": "" },
  },
};

const nested = (input: string, outputs: readonly string[]): string =>
  [
    `name: nested\ninput_data_units:\n  ${input}: { class: DataUnitMemory }`,
    "  draft: { class: DataUnitString, optional: true }\noutput_data_units:",
    ...outputs.map((name) => `  ${name}: { class: DataUnitMemory }`),
    `steps:\n  work: { class: FunctionStep, config: { function: f }, inputs: { it: { from: ${input} } } }\nlinks:`,
    ...outputs.map((name) => `  ${name}: { class: DirectLink, config: { source: work.${name}, target: ${name} } }`),
  ].join("\n");

/** Stand-ins for the classes and files that the page of the language names and this version does not have. */
const imagined: CompileTextOptions = {
  definitions: [
    standInStep("nanobrain.library.steps.LiteratureSearchStep", ports("query", "limit"), ports("search_results")),
    standInStep("nanobrain.library.steps.CachedSearchStep", ports("query", "limit"), ports("search_results")),
    standInStep("nanobrain.library.steps.AgentStep", ports("paper"), ports("notes")),
  ],
  functions: { f: () => null, to_papers: () => null, summarize: () => null },
  files: {
    "base.yml": "description: a base\n",
    "review.ts": "",
    "config/reader.yml": "model: sample\n",
    "schemas/notes.json": "{}",
    "workflows/improve.yml": nested("notes", ["result", "draft", "score"]),
    "workflows/one-file.yml": nested("row", ["result"]),
  },
  environment: { HOOK_URL: "https://example.org/hook" },
};

/** The page that promises the language. It is no part of a clone. */
function languageBlocks(): readonly Block[] {
  const page = join(root, "../shared/design/dialect.md");
  return existsSync(page) ? blocksOf("dialect.md", readFileSync(page, "utf8")).filter(isWhole) : [];
}

describe("YAML of the pages", () => {
  it("whole documents: README.md and docs/document.md have some", () => {
    for (const page of ["README.md", "docs/document.md"])
      expect(whole.some(({ title }) => title.startsWith(page))).toBe(true);
  });

  it.each(whole)("$title: is valid", async ({ text }) => {
    expect(await faults(text, beside)).toEqual([]);
  });

  it.each(classExamples)("$title: is as its class takes it", async ({ text }) => {
    const found = await faults(`name: example\n${wholeOf(text)}`, beside);
    // What they link to stands elsewhere.
    expect(found.filter((fault) => !/^E_(REF|PORT) /.test(fault))).toEqual([]);
  });

  /** An example shows steps, bare or under their key, or links or triggers of a workflow that reacts. */
  function wholeOf(text: string): string {
    if (/^steps:/m.test(text)) return text;
    const steps = `steps:\n${text.replace(/^(?=.)/gm, "  ")}`;
    return /^(links|triggers):/m.test(text) ? `execution_strategy: event_driven\nsteps: {}\n${text}` : steps;
  }

  it.each(languageBlocks())("$title: is valid, with stand-ins for what it names", async ({ text }) => {
    expect(await faults(text, imagined)).toEqual([]);
  });

  it("faults: are found", async () => {
    expect(await faults("name: x\nsteps:\n  a: { class: Nobody }\n")).toEqual([
      'E_CLASS_UNKNOWN steps.a.class: class "Nobody" is not registered',
    ]);
  });
});
