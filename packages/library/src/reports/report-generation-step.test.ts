import { readFile } from "node:fs/promises";
import { isFileValue, type Json } from "@nanobrain/engine";
import { createTestRuntime, type TestRuntime } from "@nanobrain/engine/testing";
import { afterEach, expect, test } from "vitest";
import { pack } from "../pack.js";
import { readZip } from "./docx/zip.js";

let runtime: TestRuntime | undefined;
afterEach(() => runtime?.close());

const analysis = {
  text: "# Small effects\n\n## Patterns\n\nMost report *small* effects [@smith2020; @muller2019] (p ≤ 0.05, µ → 0, ≪).\n",
  model: "local/extractive-1",
  usage: { calls: 2, input_tokens: 120, output_tokens: 40 },
  sources: [
    {
      title: "Effects & sizes",
      authors: ["Smith JA", "Doe B"],
      year: 2020,
      venue: "Journal of Effects",
      doi: "10.1000/x1",
    },
    { title: "Größe und Wirkung", authors: [{ family: "Müller", given: "Éva" }], year: 2019, venue: "Wirkung" },
    { title: "A third one", authors: ["Smith JA"], year: 2020 },
  ],
  data: { search: { queries: ["effect size"], engines: [{ name: "PubMed", found: 9, taken: 3 }] } },
};

const formats = "export_formats: [md, html, pdf, docx]";

function documentOf(config: string): string {
  return `name: making
input_data_units: { analysis: { class: DataUnitMemory } }
steps:
  report:
    class: nanobrain.library.steps.ReportGenerationStep
    executor: local
    config:
${config.replace(/^/gm, "      ")}
    inputs: { analysis_input: { from: analysis } }
`;
}

type Made = {
  readonly status: string;
  readonly outputs: { readonly [name: string]: Json };
  readonly warnings: readonly string[];
  readonly failure: string;
};

async function make(config: string, value: Json, files: { readonly [path: string]: string } = {}): Promise<Made> {
  await runtime?.close();
  runtime = await createTestRuntime({ packs: [pack], files: { "making.yml": documentOf(config), ...files } });
  const loaded = await runtime.load("making.yml");
  expect(loaded.diagnostics).toEqual([]);
  const run = await runtime.start(loaded, { analysis: value });
  const result = await run.result();
  const { summary } = await runtime.look(run.id);
  return {
    status: result.status,
    outputs: result.outputs,
    warnings: summary.warnings.map((one) => one.message),
    failure: summary.failures.map((one) => `${one.failure.code} ${one.failure.message}`).join("\n"),
  };
}

async function bytesOf(file: Json | undefined): Promise<Buffer> {
  if (!isFileValue(file)) throw new TypeError("it is no file");
  return readFile((await runtime?.blobs.path(file.$file)) ?? "");
}

async function textOf(file: Json | undefined): Promise<string> {
  return (await bytesOf(file)).toString("utf8");
}

test("report: every format, the bibliography and the charts come from one input", async () => {
  const { status, outputs, warnings } = await make(formats, analysis);
  expect([status, warnings]).toEqual(["completed", []]);
  const files = outputs["report.report"] as { readonly [format: string]: Json };
  expect(Object.keys(files).sort()).toEqual(["docx", "html", "md", "pdf"]);
  const html = await textOf(files["html"]);
  expect(html).toContain("<h1>Small effects</h1>");
  expect(html).toContain('[<a class="cite" href="#ref-1">1</a>, <a class="cite" href="#ref-2">2</a>]');
  expect(html).toContain("Literature was searched in PubMed (9 found, 3 taken)");
  expect(html).toMatch(/local\/extractive-1/);
  expect((await bytesOf(files["pdf"])).subarray(0, 5).toString()).toBe("%PDF-");
  const word = readZip(await bytesOf(files["docx"])).find((part) => part.name === "word/document.xml");
  expect(word?.bytes.toString()).toContain('<w:pStyle w:val="Heading1"/>');
  expect(await textOf(outputs["report.bibliography"])).toContain(
    "@article{smith2020,\n  title = {{Effects \\& sizes}},\n  author = {Smith, J. A. and Doe, B.},",
  );
  expect(await textOf((outputs["report.charts"] as readonly Json[])[0])).toContain(
    "<title>Publications by year</title>",
  );
});

test("report: the same input at the same time gives the same bytes", async () => {
  const hashes: unknown[] = [];
  for (let round = 0; round < 2; round++) {
    const { outputs } = await make(`methods: false\n${formats}\ncontents: true`, analysis);
    hashes.push(Object.values(outputs["report.report"] as object).map((file) => (file as { $file: string }).$file));
  }
  expect(hashes[0]).toEqual(hashes[1]);
});

test("report: what a template names, cites and draws is put in its place", async () => {
  const template =
    "# {{ title }}\n\n![Years](chart:years)\n\n[contents]\n\n## Said\n\n{{ summary }} [@lib1999]\n\n[references]\n\nend\n";
  const config = `template: report.md
title: Own title
authors: [Ada]
date: ""
methods: false
citations: { style: author-year, bibtex: own.bib }
charts: [{ type: line, name: years, data: references, x: year }]`;
  const bib = '@book{lib1999, title = {The {B}ook of G\\"odel}, author = {G\\"odel, Kurt and others}, year = 1999}';
  const { outputs, failure } = await make(config, analysis, { "report.md": template, "own.bib": bib });
  expect(failure).toBe("");
  const html = await textOf((outputs["report.report"] as { readonly html: Json }).html);
  expect(html).toContain("<h1>Own title</h1>");
  expect(html).toContain('(<a class="cite" href="#ref-1">Gödel et al., 1999</a>)');
  expect(html.indexOf("<figure")).toBeLessThan(html.indexOf("<nav"));
  expect(html.indexOf('class="references"')).toBeLessThan(html.indexOf("<p>end</p>"));
});

test.each([
  ["a chart that finds no data", "charts: [{ type: bar, data: nothing, x: a, y: b }]", "E_REPORT_CHART"],
  ["a template that names what is not there", 'template: "{{ nothing_of_that_name }}"', "E_TEMPLATE"],
  ["a template outside the project", "template: ../../../etc/hosts.md", "E_PATH_REFUSED"],
])("report: %s fails and says so", async (_, config, code) => {
  const { status, failure } = await make(config, analysis);
  expect([status, failure.split(" ")[0]]).toEqual(["failed", code]);
});

test("report: an unknown key stays as text and is warned of; a text and a list are inputs, too", async () => {
  const one = await make("export_formats: [html]", "Just a text [@nobody2000].");
  expect(one.warnings).toEqual(["report: The text cites keys that no reference has: nobody2000"]);
  expect(await textOf((one.outputs["report.report"] as { readonly html: Json }).html)).toContain(
    "Just a text [@nobody2000].",
  );
  const rows = Array.from({ length: 5 }, (_, at) => ({ name: `row ${at}`, size: at * at }));
  const two = await make("export_formats: [html]", rows);
  expect(await textOf((two.outputs["report.report"] as { readonly html: Json }).html)).toContain("Rows: size by name");
});
