import type { JsonObject } from "@nanobrain/engine";
import { renderTemplate } from "@nanobrain/engine/steps";
import { chartsOf } from "./charts/charts-of.js";
import { Citations } from "./citations/citations.js";
import type { Reference } from "./citations/reference.js";
import { defaultTemplate } from "./default-template.js";
import { type ReportVariables, reportVariables } from "./format-for-report.js";
import { isObject, textsOf } from "./json-parts.js";
import { type Making, methodsText } from "./methods.js";
import { found } from "./methods-words.js";
import type { ReportConfig } from "./report-config.js";
import { finishBlocks } from "./tree/finish-tree.js";
import { readMarkdown } from "./tree/read-markdown.js";
import type { Block, DrawnChart, ReportTree } from "./tree/report-tree.js";

export type ReportSource = {
  readonly config: ReportConfig;
  readonly inputs: JsonObject;
  /** Undefined: the built-in one. */
  readonly template: string | undefined;
  /** Of the BibTeX file. */
  readonly references: readonly Reference[];
  readonly making: Making;
};

export type WrittenReport = {
  readonly tree: ReportTree;
  readonly markdown: string;
  readonly charts: readonly DrawnChart[];
  readonly references: readonly Reference[];
  readonly warnings: readonly string[];
};

/** Makes the report's text and charts of its inputs, before any format. */
export async function writeReport(source: ReportSource): Promise<WrittenReport> {
  const { config, inputs, making } = source;
  const analysis = reportVariables(inputs["analysis_input"]);
  const references = allReferences(analysis.references, source.references);
  const known = { ...analysis, ...inputs, references } as unknown as JsonObject;
  const { charts, warnings } = await chartsOf(config, known);
  const day = config.date ?? making.madeAt.slice(0, 10);
  const title = config.title ?? (analysis.title || queryTitle(analysis));
  const variables: JsonObject = {
    ...known,
    title: title ?? "Report",
    authors: config.authors,
    date: day,
    charts: charts.map(({ chart }) => ({ name: chart.name, title: chart.title, caption: chart.title })),
    methods: config.methods ? methodsText(withInputs(analysis, inputs), charts.length, making) : "",
  };
  const markdown = renderTemplate(source.template ?? defaultTemplate, variables, { format: "markdown" });
  const citations = new Citations(references, config.citations.style);
  const placed: string[] = [];
  const read = await readMarkdown(markdown, {
    cite: (keys) => citations.cite(keys),
    figure: (name, caption) => figureOf(charts, placed, name, caption),
  });
  const finished = finishBlocks(
    withPlaces(read.blocks, config, citations.listed(config.citations.list === "all").length),
    config.title,
  );
  const unknown = [...citations.unknown].slice(0, 10);
  const tree: ReportTree = {
    title: finished.title === "" ? (title ?? "Report") : finished.title,
    authors: config.authors,
    date: day,
    language: config.language,
    subject: analysis.summary
      .replace(/[>`*_#]/g, "")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 300),
    keywords: analysis.keywords,
    blocks: finished.blocks,
    notes: read.notes,
    references: citations.entries(config.citations.list === "all"),
  };
  const told = unknown.length === 0 ? [] : [`The text cites keys that no reference has: ${unknown.join(", ")}`];
  return { tree, markdown, charts, references: citations.listed(true), warnings: [...warnings, ...told] };
}

/** What other ports brought counts for the methods, too, such as the report of a search on `search`. */
function withInputs(analysis: ReportVariables, inputs: ReportSource["inputs"]): ReportVariables {
  const { analysis_input: _, ...others } = inputs;
  return { ...analysis, data: { ...others, ...analysis.data } };
}

/** What was searched for, where nothing says what the report is called. */
function queryTitle({ data }: ReportVariables): string | undefined {
  const search = found(data, "search");
  const query = isObject(search) ? textsOf(search["queries"] ?? search["query"])[0] : undefined;
  return query === undefined
    ? undefined
    : `${query.charAt(0).toUpperCase()}${query.slice(1, 200)}`.replace(/\s+/g, " ");
}

/** Those of the input, then those of the file that it does not have. */
function allReferences(own: readonly Reference[], more: readonly Reference[]): readonly Reference[] {
  const keys = new Set(own.map((one) => one.key));
  const dois = new Set(own.flatMap((one) => (one.doi === "" ? [] : [one.doi.toLowerCase()])));
  return [...own, ...more.filter((one) => !keys.has(one.key) && !dois.has(one.doi.toLowerCase()))];
}

function figureOf(charts: readonly DrawnChart[], placed: string[], name: string, caption: string): Block | undefined {
  const chart = charts.find((one) => one.chart.name === name);
  if (chart === undefined) return undefined;
  if (!placed.includes(name)) placed.push(name);
  return {
    kind: "figure",
    number: placed.indexOf(name) + 1,
    chart,
    caption: caption === "" ? chart.chart.title : caption,
  };
}

/** A report that cites has its list of references, and one that is to have a table of contents has it, wherever the template forgot them. */
function withPlaces(blocks: readonly Block[], config: ReportConfig, references: number): readonly Block[] {
  const has = (kind: Block["kind"]): boolean => blocks.some((one) => one.kind === kind);
  const after = references > 0 && !has("references") ? ([heading("References"), { kind: "references" }] as const) : [];
  if (!config.contents || has("contents")) return [...blocks, ...after];
  const first = blocks.findIndex((one) => one.kind === "heading" && one.level > 1);
  const at = first < 0 ? blocks.length : first;
  return [...blocks.slice(0, at), { kind: "contents" }, ...blocks.slice(at), ...after];
}

function heading(text: string): Block {
  return { kind: "heading", level: 2, id: "", children: [{ kind: "text", text }] };
}
