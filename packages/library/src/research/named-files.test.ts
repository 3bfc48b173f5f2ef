import { createTestRuntime } from "@nanobrain/engine/testing";
import { expect, test } from "vitest";
import { pack } from "../pack.js";

const document = `name: files
input_data_units:
  given: { class: DataUnitMemory }
steps:
  collect:
    class: DataCollectionStep
    config: { validation_schema: schemas/row.json }
    inputs: { input_sources: { from: given } }
  clean:
    class: DataPreprocessingStep
    config: { cleaning_rules: config/rules.yml }
    inputs: { raw_data: { from: collect.collected_data } }
  report:
    class: ReportGenerationStep
    config:
      template: templates/report.md
      citations: { bibtex: books.bib }
      fonts: [fonts/own.ttf]
    inputs: { data: { from: clean.clean_data } }
  check:
    class: ValidateStep
    config: { schema: schemas/clean.json }
    inputs: { value: { from: clean.clean_data } }
`;

async function faults(files: { readonly [path: string]: string }, text = document) {
  await using runtime = await createTestRuntime({ packs: [pack], files: { "flow.yml": text, ...files } });
  return (await runtime.load("flow.yml")).diagnostics;
}

test("files that configs name: loading says with line and column which are not there", async () => {
  expect(await faults({ "schemas/clean.json": "{}" })).toMatchObject([
    { code: "E_FILE_MISSING", line: 7, column: 34, message: "There is no schema file schemas/row.json" },
    { code: "E_FILE_MISSING", line: 11, message: "There is no file of cleaning rules config/rules.yml" },
    { code: "E_FILE_MISSING", line: 16, message: "There is no template templates/report.md" },
    { code: "E_FILE_MISSING", line: 17, message: "There is no BibTeX file books.bib" },
    { code: "E_FILE_MISSING", line: 18, message: "There is no font fonts/own.ttf" },
  ]);
});

test("files that are there, in place, or filled in later: nothing is said", async () => {
  const there = { "schemas/row.json": "{}", "config/rules.yml": "[]", "templates/report.md": "# x", "books.bib": "" };
  expect(await faults({ ...there, "fonts/own.ttf": "", "schemas/clean.json": "{}" })).toEqual([]);
  const inPlace = document
    .replace("schemas/row.json", "{ type: object }")
    .replace("config/rules.yml", "[{ trim: '*' }]")
    .replace("templates/report.md", "'# {{ title }} of data.md'")
    .replace("      citations: { bibtex: books.bib }\n      fonts: [fonts/own.ttf]\n", "");
  expect(await faults({ "schemas/clean.json": "{}" }, inPlace)).toEqual([]);
});
