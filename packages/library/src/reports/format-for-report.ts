import type { Json, JsonObject, StepContext } from "@nanobrain/engine";
import { keyed } from "./citations/citation-keys.js";
import { type Reference, referenceOf } from "./citations/reference.js";
import { isObject, objectsOf, textOf, textsOf } from "./json-parts.js";
import { markdownSections, type Section } from "./markdown-sections.js";

/** What templates know of an analysis. All names are there, whatever was given: empty text, empty list or null where nothing is known. */
export type ReportVariables = {
  readonly format: typeof reportFormat;
  readonly title: string;
  readonly summary: string;
  /** The whole answer as Markdown. */
  readonly text: string;
  readonly sections: readonly Section[];
  readonly findings: readonly Finding[];
  readonly recommendations: readonly string[];
  readonly limitations: readonly string[];
  readonly keywords: readonly string[];
  readonly references: readonly Reference[];
  readonly model: string;
  readonly agent: Json;
  readonly usage: Json;
  readonly prompt: string;
  readonly notes: readonly string[];
  /** What the agent was given beside records. */
  readonly data: JsonObject;
  readonly inputs: Json;
  /** The validated object of an agent with `output_schema`, or the value itself. */
  readonly output: Json;
};

type Finding = { readonly text: string; readonly sources: readonly string[]; readonly confidence: string };

export const reportFormat = "nanobrain.report/1";

/** `format_for_report`: the variables of a report from what an agent gave, or from any other value. Never fails. */
export function formatForReport(value: Json, _context?: StepContext): Json {
  return reportVariables(value) as unknown as Json;
}

/** A value that went through here before stays as it is. */
export function reportVariables(value: Json | undefined): ReportVariables {
  if (isObject(value) && value["format"] === reportFormat) return { ...fromAnalysis({}), ...value } as ReportVariables;
  if (isObject(value)) return fromAnalysis(value);
  if (Array.isArray(value)) return fromAnalysis({ output: value, data: { rows: value } });
  return fromAnalysis({ text: textOf(value) ?? "" });
}

function fromAnalysis(value: JsonObject): ReportVariables {
  // What an agent with a schema said goes before what stands around it.
  const said: JsonObject = isObject(value["output"]) ? { ...value, ...value["output"] } : value;
  const text = textOf(value["text"] ?? value["answer"] ?? value["analysis"]) ?? "";
  const read = markdownSections(text);
  const sections = objectsOf(said["sections"]).flatMap(sectionOf);
  const references = likeVenues(keyed(sourcesOf(value).flatMap((one) => referenceOf(one) ?? [])));
  return {
    format: reportFormat,
    title: (textOf(said["title"]) ?? read.title).replace(/\s+/g, " ").slice(0, 300),
    summary: textOf(said["summary"] ?? said["abstract"]) ?? read.lead,
    text,
    sections: sections.length > 0 ? sections : [...leadOf(said, read.lead), ...read.sections],
    findings: findingsOf(said["findings"] ?? said["key_findings"] ?? said["insights"]),
    recommendations: textsOf(said["recommendations"]),
    limitations: textsOf(said["limitations"]),
    keywords: textsOf(said["keywords"]),
    references,
    model: textOf(value["model"]) ?? "",
    agent: value["agent"] ?? null,
    usage: value["usage"] ?? null,
    prompt: textOf(value["prompt"]) ?? "",
    notes: textsOf(value["notes"]),
    data: dataOf(value),
    inputs: value["inputs"] ?? null,
    output: value["output"] ?? null,
  };
}

/** What stands before the first section, where something else is the summary. */
function leadOf(said: JsonObject, lead: string): readonly Section[] {
  const isSaid = textOf(said["summary"] ?? said["abstract"]) !== undefined;
  return isSaid && lead !== "" ? [{ heading: "Overview", text: lead }] : [];
}

/** Venues that differ in capital letters only are written as the first of them is. */
function likeVenues(references: readonly Reference[]): readonly Reference[] {
  const first = new Map<string, string>();
  return references.map((one) => {
    const known = first.get(one.venue.toLowerCase()) ?? one.venue;
    first.set(one.venue.toLowerCase(), known);
    return { ...one, venue: known };
  });
}

const ownFields = new Set([
  ...[
    "text",
    "answer",
    "analysis",
    "title",
    "summary",
    "abstract",
    "sections",
    "findings",
    "key_findings",
    "insights",
    "output",
  ],
  ...[
    "recommendations",
    "limitations",
    "keywords",
    "references",
    "sources",
    "records",
    "model",
    "agent",
    "usage",
    "prompt",
  ],
  ...["notes", "data", "inputs", "format"],
]);

/** `data`, and fields that no variable stands for, so that templates and charts reach them. */
function dataOf(value: JsonObject): JsonObject {
  const data = isObject(value["data"]) ? value["data"] : Array.isArray(value["data"]) ? { rows: value["data"] } : {};
  const others = Object.entries(value).filter(([name]) => !ownFields.has(name));
  return { ...Object.fromEntries(others), ...data };
}

function sourcesOf(value: JsonObject): readonly JsonObject[] {
  for (const field of ["sources", "references", "records"]) {
    const found = objectsOf(value[field]);
    if (found.length > 0) return found;
  }
  return [];
}

function sectionOf(value: JsonObject): readonly Section[] {
  const heading = textOf(value["heading"] ?? value["title"] ?? value["name"]) ?? "";
  const text = textOf(value["text"] ?? value["content"] ?? value["body"]) ?? "";
  return heading === "" && text === "" ? [] : [{ heading: heading.replace(/\s+/g, " ").replace(/^#+\s*/, ""), text }];
}

function findingsOf(value: Json | undefined): readonly Finding[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
  return list.flatMap((one) => {
    const said = isObject(one)
      ? textOf(one["text"] ?? one["finding"] ?? one["claim"] ?? one["statement"])
      : textOf(one);
    if (said === undefined) return [];
    const sources = isObject(one)
      ? textsOf(one["sources"] ?? one["citations"]).map((key) => key.replace(/^@/, ""))
      : [];
    return [
      { text: said.replace(/\s+/g, " "), sources, confidence: isObject(one) ? (textOf(one["confidence"]) ?? "") : "" },
    ];
  });
}
