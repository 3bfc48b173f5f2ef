import type { Json, JsonObject } from "@nanobrain/engine";
import type { ReportVariables } from "./format-for-report.js";
import { isObject, objectsOf, textOf, textsOf } from "./json-parts.js";
import { found, plain } from "./methods-words.js";

const mostQueries = 10;

/**
 * How literature was searched, of `search`: the report of a LiteratureSearchStep, or what `extract_data_sources` keeps of one. Empty:
 * nothing says so.
 */
export function searchText({ data, references }: ReportVariables): string {
  const search = found(data, "search");
  if (!isObject(search)) return references.length === 0 ? "" : `${references.length} publications were considered.`;
  const names = enginesOf(search["engines"]).map(engineText);
  const queries = queriesOf(search).slice(0, mostQueries);
  const at = textOf(search["searched_at"] ?? search["asked_at"] ?? search["started_at"] ?? search["date"])?.slice(
    0,
    10,
  );
  const where = names.length === 0 ? "" : ` in ${names.join(", ")}`;
  const when = at === undefined ? "" : ` on ${plain(at)}`;
  const what = queries.length === 0 ? "" : ` for ${queries.join(", ")}`;
  return [`Literature was searched${where}${when}${what}.`, selectionText(search), consideredText(references.length)]
    .filter((one) => one !== "")
    .join(" ");
}

const consideredText = (count: number): string =>
  count === 0 ? "" : `${count} different publications were considered.`;

/** What was joined and left out, with the bounds that decided. */
function selectionText({ duplicates, below_threshold, quality }: JsonObject): string {
  const threshold = isObject(quality) ? quality["threshold"] : undefined;
  const joined =
    typeof duplicates === "number" && duplicates > 0 ? `${duplicates} duplicates were joined with others` : "";
  const poor =
    typeof threshold === "number" && typeof below_threshold === "number" && threshold > 0
      ? `${below_threshold} works with a score below ${threshold} were left out`
      : "";
  const told = [joined, poor].filter((one) => one !== "").join("; ");
  return told === "" ? "" : `${told}.`;
}

/** Texts in quotes, with the years they are limited to. */
function queriesOf(search: JsonObject): readonly string[] {
  const texts = [...textsOf(search["queries"]), ...textsOf(search["query"])].map(
    (text) => `\u201c${plain(text)}\u201d`,
  );
  const limited = objectsOf(search["queries"]).flatMap((one) => {
    const text = textOf(one["query"]);
    const years = [textOf(one["from_year"]), textOf(one["to_year"])];
    const span = years.every((year) => year === undefined)
      ? ""
      : ` (${years.map((year) => year ?? "").join("\u2013")})`;
    return text === undefined ? [] : [`\u201c${plain(text)}\u201d${span}`];
  });
  return [...new Set([...texts, ...limited])];
}

/** A list of engines or their names, or a map by their names. */
function enginesOf(engines: Json | undefined): readonly JsonObject[] {
  if (isObject(engines))
    return Object.entries(engines).map(([name, one]) => ({ name, ...(isObject(one) ? one : {}) }) as JsonObject);
  const listed = objectsOf(engines);
  return listed.length > 0 ? listed : textsOf(engines).map((name) => ({ name }));
}

function engineText(one: JsonObject): string {
  const name = textOf(one["service"]) ?? serviceName(textOf(one["name"] ?? one["engine"]) ?? "a source");
  const counts = [
    count(one, ["found", "total"], "found"),
    count(one, ["taken", "returned", "kept"], "taken"),
    count(one, ["records"], one["records"] === 1 ? "publication" : "publications"),
    one["status"] === "failed" || one["status"] === "partial"
      ? `the search ${one["status"] === "failed" ? "failed" : "broke off"}`
      : "",
  ];
  const told = counts.filter((part) => part !== "").join(", ");
  return told === "" ? plain(name) : `${plain(name)} (${told})`;
}

const services: { readonly [engine: string]: string } = {
  pubmed: "PubMed",
  arxiv: "arXiv",
  europe_pmc: "Europe PMC",
  openalex: "OpenAlex",
};

const serviceName = (engine: string): string => services[engine] ?? engine;

function count(value: JsonObject, fields: readonly string[], word: string): string {
  const number = fields.map((field) => value[field]).find((one) => typeof one === "number");
  return number === undefined ? "" : `${String(number)} ${word}`;
}
