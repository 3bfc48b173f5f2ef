import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@nanobrain/engine";
import { createTestRuntime, recordHttp } from "@nanobrain/engine/testing";
import { expect, test } from "vitest";
import { pack as library } from "../pack.js";
import { dataCollectionStepBy } from "./collection/data-collection-step.js";
import { createHostTurns } from "./host-turns.js";
import { literatureSearchStepBy } from "./literature/literature-search-step.js";

const example = fileURLToPath(new URL("../../../../examples/research/", import.meta.url));
let now = 0;
const turns = createHostTurns({
  nowMs: () => now,
  sleep: async (ms) => {
    now += ms;
  },
});
const steps = [literatureSearchStepBy(turns), dataCollectionStepBy(turns)];
const classes = library.classes.map((entry) => {
  const step = steps.find((each) => each.class === entry.class);
  return step === undefined ? entry : { ...entry, load: async () => step };
});
const pack = { ...library, classes };

const document = `name: acquire
input_data_units:
  topic: { class: DataUnitMemory }
steps:
  literature_search:
    class: LiteratureSearchStep
    config: { search_engines: [pubmed, arxiv, google_scholar], max_results: 100, quality_threshold: 0.8 }
    inputs: { query: { from: topic } }
  data_collection:
    class: DataCollectionStep
    config: { sources: [api, web_scraping, database], validation_schema: schemas/research_data.json }
  data_preprocessing:
    class: DataPreprocessingStep
    executor: local
    config: { cleaning_rules: config/cleaning_rules.yml, normalization: true, deduplication: true }
links:
  a:
    class: TransformLink
    config:
      source: literature_search.search_results
      target: data_collection.input_sources
      transform_function: extract_data_sources
  b: { class: DirectLink, config: { source: data_collection.collected_data, target: data_preprocessing.raw_data } }
`;

test("research: found records are collected, with full texts and pages, and cleaned, from recordings", async () => {
  const read = (path: string): string => readFileSync(`${example}${path}`, "utf8");
  await using runtime = await createTestRuntime({
    packs: [pack],
    http: recordHttp(`${example}recordings`),
    files: {
      "acquire.yml": document,
      "schemas/research_data.json": read("schemas/research_data.json"),
      "config/cleaning_rules.yml": read("config/cleaning_rules.yml"),
    },
  });
  const topic = "deep learning protein structure prediction";
  const result = await (await runtime.start(await runtime.load("acquire.yml"), { topic })).result();
  expect([result.status, result.failures]).toEqual(["completed", []]);
  const report = result.outputs["data_collection.report"] as JsonObject;
  const clean = result.outputs["data_preprocessing.clean_data"] as JsonObject;
  expect(report).toMatchObject({ given: 39, records: 39, validation: { valid: 39, invalid: 0 } });
  const sources = report["sources"] as readonly JsonObject[];
  expect(sources.map(({ kind, status }) => `${String(kind)} ${String(status)}`).sort()).toEqual([
    ...Array.from({ length: 9 }, () => "api collected"),
    ...Array.from({ length: 4 }, () => "web_scraping collected"),
  ]);
  const records = clean["records"] as readonly JsonObject[];
  const alphafold = records.find(({ doi }) => doi === "10.1038/s41586-021-03819-2");
  expect(alphafold?.["full_text"]).toMatchObject({ text: expect.stringMatching(/\w+ \w+/) as unknown });
  const page = records.find(({ page }) => page !== undefined)?.["page"];
  expect(page).toMatchObject({
    title: expect.any(String) as unknown,
    citation: { authors: expect.any(Array) as unknown },
  });
  expect(clean).toMatchObject({ counts: { given: 39, clean: 39, dropped: 0 }, search: { records: 39 } });
  expect(clean["data_quality_score"]).toBeGreaterThan(0.7);
});
