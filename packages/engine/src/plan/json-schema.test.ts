import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { createRegistry } from "../components/registry.js";
import { standInStep } from "../testing/compile-text.js";
import { seedText } from "../testing/seed-document.js";
import { componentDocs } from "./component-docs.js";
import { documentSchema } from "./json-schema.js";

const strict = standInStep(
  "lab.Strict",
  { text: { schema: { type: "string" }, description: "What is read." } },
  "open",
  {
    summary: "Reads texts.",
    docs: "An example follows.",
    config: (zod) =>
      zod.strictObject({
        max: zod.int().min(1).default(10).describe("How many | at most."),
        kind: zod.enum(["a", "b"]).optional(),
        extra: zod.json().optional(),
      }),
  },
);
const library = [
  "LiteratureSearchStep",
  "DataCollectionStep",
  "DataPreprocessingStep",
  "AgentStep",
  "ReportGenerationStep",
];
const definitions = [strict, ...library.map((name) => standInStep(`nanobrain.library.steps.${name}`, "open", "open"))];

describe("document schema", () => {
  let check: ValidateFunction;
  beforeAll(async () => {
    const schema = await documentSchema(createRegistry({ definitions }));
    check = new Ajv2020({ strict: false, allErrors: true }).compile(schema as object);
  });

  it("is valid itself, and takes a document of every section", () => {
    expect(check(parse(seedText)) ? [] : check.errors).toEqual([]);
  });

  it.each([
    ["a short class", "name: x\nsteps: { a: { class: Strict, config: { max: 3 } } }", true],
    ["a dotted class", "name: x\nsteps: { a: { class: lab.Strict, config: { max: 3 } } }", true],
    ["a list of steps", "name: x\nsteps: [{ name: a, class: Strict }]", true],
    ["a config in a file", "name: x\nsteps: { a: { class: Strict, config: a.yml } }", true],
    ["a module's class", "name: x\nsteps: { a: { class: './x.ts#Y', config: { z: 1 } } }", true],
    [
      "an environment reference for a number",
      "name: x\nsteps: { a: { class: Strict, config: { max: '${MAX:-3}' } } }",
      true,
    ],
    ["keys of one's own", "name: x\nx-mine: 1\nmetadata: { y: 1 }\nsteps: {}", true],
    ["a nested workflow", "name: x\nsteps: { a: { class: Workflow, config: a.yml } }", true],
    ["an unknown key", "name: x\nstep: {}", false],
    ["an unknown key of a config", "name: x\nsteps: { a: { class: Strict, config: { maks: 3 } } }", false],
    ["a wrong value of a config", "name: x\nsteps: { a: { class: Strict, config: { kind: c } } }", false],
    ["an unknown class", "name: x\nsteps: { a: { class: Strikt } }", false],
    ["a link as a step", "name: x\nsteps: { a: { class: DirectLink } }", false],
    ["a wrong strategy", "name: x\nexecution_strategy: grapf\nsteps: {}", false],
  ])("%s", (_title, text, fits) => {
    expect(check(parse(text))).toBe(fits);
  });
});

describe("docs of a class", () => {
  it("summary, config with types, defaults and meanings, ports, text", async () => {
    const page = await componentDocs(strict, await createRegistry().zod());
    expect(page).toContain("# Strict\n\nReads texts.\n\nA step. Class `lab.Strict`, version 1.");
    expect(page).toContain("| `max` | integer | `10` | How many \\| at most. |");
    expect(page).toContain("| `kind` | `a`, `b` |  |  |");
    expect(page).toContain("| `text` | text |  | What is read. |");
    expect(page).toContain("As links and the document name them.");
    expect(page.trimEnd().endsWith("An example follows.")).toBe(true);
  });

  it("every class: its opening is a sentence", async () => {
    const registry = createRegistry();
    for (const { class: name } of registry.list()) {
      const definition = await registry.find(name)?.load();
      const page = definition === undefined ? "" : await componentDocs(definition, await registry.zod());
      expect(page).toMatch(/^(An [aeio]|A [^aeio])\w+\. Class `/m);
      expect(page).not.toMatch(/^\*\*[a-z]/m);
    }
  });

  it("a class of a later version says so", async () => {
    const registry = createRegistry();
    const definition = await registry.find("ParslExecutor")?.load();
    const page = definition === undefined ? "" : await componentDocs(definition, await registry.zod());
    expect(page).toContain("**ParslExecutor is not there yet in this version.**");
    expect(page).toContain("| `max_workers` | integer |");
  });
});
