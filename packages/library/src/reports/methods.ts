import type { Json, JsonObject } from "@nanobrain/engine";
import type { ReportVariables } from "./format-for-report.js";
import { isObject, objectsOf, textOf, textsOf } from "./json-parts.js";

/** What a report's own step knows of how the report was made. */
export type Making = {
  readonly nanobrain: string;
  readonly library: string;
  readonly node: string;
  readonly runId: string;
  /** ISO text. */
  readonly madeAt: string;
  readonly formats: readonly string[];
  readonly template: string;
};

/** The methods paragraph, Markdown: only what the input says and the step knows; what is not known is not mentioned. */
export function methodsText(variables: ReportVariables, charts: number, making: Making): string {
  const paragraphs = [
    searchText(variables),
    collectionText(variables),
    analysisText(variables),
    `The report was made on ${making.madeAt.slice(0, 10)} by NanoBrain ${making.nanobrain} (library ${making.library}, Node.js ${making.node}) in run ${code(making.runId)}, from ${making.template}${charts === 0 ? "" : `, with ${charts} ${charts === 1 ? "chart" : "charts"} drawn from the data`}.`,
  ];
  return paragraphs.filter((one) => one !== "").join("\n\n");
}

function searchText({ data, references }: ReportVariables): string {
  const search = found(data, "search");
  if (!isObject(search)) return references.length === 0 ? "" : `${references.length} publications were considered.`;
  const queries = [...new Set([...textsOf(search["queries"]), ...textsOf(search["query"])])];
  const engines = objectsOf(search["engines"]).map((one) => {
    const name = textOf(one["name"] ?? one["engine"]) ?? "a source";
    const counts = [
      count(one, ["found", "total"], "found"),
      count(one, ["taken", "returned", "kept"], "taken"),
      count(one, ["records"], one["records"] === 1 ? "publication" : "publications"),
    ];
    const told = counts.filter((part) => part !== "").join(", ");
    return told === "" ? serviceName(name) : `${serviceName(name)} (${told})`;
  });
  const names = engines.length > 0 ? engines : textsOf(search["engines"]).map(serviceName);
  const at = textOf(search["asked_at"] ?? search["started_at"] ?? search["date"])?.slice(0, 10);
  return [
    `Literature was searched${names.length === 0 ? "" : ` in ${names.join(", ")}`}${at === undefined ? "" : ` on ${plain(at)}`}`,
    queries.length === 0
      ? ""
      : ` for ${queries
          .slice(0, 10)
          .map((one) => `“${plain(one)}”`)
          .join(", ")}`,
    `. ${references.length === 0 ? "" : `${references.length} different publications were considered.`}`,
  ]
    .join("")
    .trim();
}

const services: { readonly [engine: string]: string } = {
  pubmed: "PubMed",
  arxiv: "arXiv",
  europe_pmc: "Europe PMC",
  openalex: "OpenAlex",
};

const serviceName = (engine: string): string => services[engine] ?? plain(engine);

function count(value: JsonObject, fields: readonly string[], word: string): string {
  const number = fields.map((field) => value[field]).find((one) => typeof one === "number");
  return number === undefined ? "" : `${String(number)} ${word}`;
}

function collectionText({ data }: ReportVariables): string {
  const quality = found(data, "data_quality_score");
  const steps = found(data, "cleaning") ?? found(data, "counts") ?? found(data, "provenance");
  const score =
    typeof quality === "number" ? `The data had a quality score of ${Number(quality.toFixed(3))} (0 to 1).` : "";
  const kept = isObject(steps) ? cleaningText(steps) : undefined;
  if (kept !== undefined) return [score, kept].filter((one) => one !== "").join(" ");
  const told = isObject(steps)
    ? Object.entries(steps)
        .flatMap(([name, value]) =>
          typeof value === "number" || typeof value === "string"
            ? [`${plain(name.replace(/_/g, " "))} ${plain(String(value))}`]
            : [],
        )
        .slice(0, 12)
    : textsOf(steps).map(plain).slice(0, 12);
  return [score, told.length === 0 ? "" : `Preparation of the data: ${told.join(", ")}.`]
    .filter((one) => one !== "")
    .join(" ");
}

/** The counts of DataPreprocessingStep as a sentence; undefined: they are others. */
function cleaningText({ given, clean, dropped, duplicates, invalid_before }: JsonObject): string | undefined {
  if (typeof given !== "number" || typeof clean !== "number") return undefined;
  const same = typeof duplicates === "number" && duplicates > 0 ? `, of them ${duplicates} as duplicates` : "";
  const left = clean === given ? `Cleaning kept all ${given} records` : `Cleaning kept ${clean} of ${given} records`;
  const out = typeof dropped === "number" && dropped > 0 ? ` and dropped ${dropped}${same}` : "";
  const before =
    typeof invalid_before === "number" && invalid_before > 0 ? `; ${invalid_before} did not fit the schema` : "";
  return `${left}${out}${before}.`;
}

function analysisText({ model, agent, usage, prompt }: ReportVariables): string {
  const agentClass = isObject(agent) ? textOf(agent["class"])?.split(".").at(-1) : undefined;
  if (model === "" && agentClass === undefined) return "";
  const who =
    agentClass === undefined ? "The analysis was made" : `The analysis was made by an agent (${plain(agentClass)})`;
  const said = model === "" ? "" : ` with the model ${code(model)}`;
  const used = isObject(usage)
    ? [
        ["calls", "calls"],
        ["input_tokens", "tokens read"],
        ["output_tokens", "tokens written"],
      ].flatMap(([field = "", word = ""]) =>
        typeof usage[field] === "number"
          ? [`${usage[field]} ${usage[field] === 1 ? word.replace(/s\b/, "") : word}`]
          : [],
      )
    : [];
  const cost =
    isObject(usage) && typeof usage["cost_usd"] === "number" && usage["cost_usd"] > 0
      ? [`${Number(usage["cost_usd"].toFixed(4))} US dollars`]
      : [];
  const all = [...used, ...cost];
  const task =
    prompt === "" ? "" : ` The task it was given: “${plain(prompt.slice(0, 600))}${prompt.length > 600 ? " ..." : ""}”`;
  return `${who}${said}${all.length === 0 ? "" : ` (${all.join(", ")})`}.${task}`;
}

/** A field of the data, at its top or one level down. */
export function found(data: JsonObject, field: string): Json | undefined {
  if (data[field] !== undefined) return data[field];
  for (const one of Object.values(data)) if (isObject(one) && one[field] !== undefined) return one[field];
  return undefined;
}

/** Text that Markdown takes as it is. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>()#+!|~@-]/g, "\\$&");
}

function code(text: string): string {
  return `\`${text.replace(/[`\s]+/g, " ").slice(0, 200)}\``;
}
