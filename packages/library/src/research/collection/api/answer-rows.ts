import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { delimiterOption, parseText } from "@nanobrain/engine/steps";
import type { TableNotes } from "../collecting.js";
import { parseMarkup } from "../markup/markup.js";
import { pageParts } from "../markup/page-parts.js";
import { type FieldSelection, selectFields, selectorOf } from "../markup/select-fields.js";
import { selectAll } from "../markup/selector.js";
import { isMap } from "../source-entries.js";
import { atPath } from "./json-path.js";

const formats = ["json", "jsonl", "csv", "tsv", "xml", "html", "text"] as const;
export type AnswerFormat = (typeof formats)[number];

/** Where services put their rows, when the entry does not say. */
const usualPlaces = ["results", "items", "records", "data", "rows", "hits"];
const mostElements = 100_000;

/** What an answer holds: rows, and for JSON the whole value, in which the next page may be named. */
export type AnswerRows = {
  readonly rows: readonly Json[];
  readonly value: Json;
  readonly table?: TableNotes & JsonObject;
};

export async function answerRows(
  text: string,
  url: string,
  contentType: string | undefined,
  entry: JsonObject,
  otherwise: AnswerFormat,
): Promise<AnswerRows> {
  if (
    /^(application\/(pdf|zip|gzip|octet-stream|msword|vnd\.)|image\/|video\/|audio\/|font\/)/i.test(
      contentType ?? "",
    ) &&
    entry["parse"] === undefined
  )
    throw nanobrainError("E_COLLECT_ANSWER", { url, what: `it is ${contentType}, which is no text` });
  const format = formatOf(entry["parse"], contentType, url, otherwise);
  if (format === "xml" || format === "html") return { rows: await markupRows(text, url, format, entry), value: null };
  if (format === "text") return { rows: [text], value: null };
  const { value, problems, table } = parseText(text, format, { what: `the answer of ${url}`, ...delimiterOf(entry) });
  const rows = valueRows(value, url, entry);
  if (table === undefined) return { rows, value };
  const { delimiter, columns } = table;
  const notes = problems.map(({ line, problem }) => `line ${line}: ${problem}`);
  return { rows, value, table: { delimiter, columns: columns.length, problems: notes } };
}

function delimiterOf({ delimiter }: JsonObject): ReturnType<typeof delimiterOption> {
  const option = delimiterOption(delimiter);
  if (delimiter !== undefined && option.delimiter === undefined)
    throw nanobrainError("E_COLLECT_SOURCES", {
      problem: `delimiter is ${JSON.stringify(delimiter)}; it may be "," ";" "|" or "tab"`,
    });
  return option;
}

function formatOf(said: Json | undefined, contentType = "", url: string, otherwise: AnswerFormat): AnswerFormat {
  const known = formats.find((format) => format === said);
  if (known !== undefined) return known;
  if (said !== undefined)
    throw nanobrainError("E_COLLECT_SOURCES", {
      problem: `parse is ${JSON.stringify(said)}; it may be ${formats.join(", ")}`,
    });
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (/ndjson|jsonl|json-seq/.test(type)) return "jsonl";
  if (/[/+]json$/.test(type)) return "json";
  if (type === "text/csv") return "csv";
  if (type === "text/tab-separated-values") return "tsv";
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (/[/+]xml$/.test(type)) return "xml";
  const ending = /\.(jsonl|ndjson|json|csv|tsv|xml|html?)$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase();
  const byEnding =
    ending === "ndjson" ? "jsonl" : ending === "htm" ? "html" : formats.find((format) => format === ending);
  return byEnding ?? otherwise;
}

/** `each`: an element is a row. Without it the whole document is one: its `select`ed fields, a page's own parts, or its text. */
async function markupRows(
  text: string,
  url: string,
  format: "xml" | "html",
  entry: JsonObject,
): Promise<readonly Json[]> {
  const { each, select } = entry;
  const root = await parseMarkup(text, format);
  const selection = selectionOf(select);
  if (typeof each === "string") {
    const found = selectAll(root, selectorOf(each, "each"), mostElements);
    if (selection === undefined) return found.map((element) => ({ ...element.attribs, text: pageText(element) }));
    // Rows without any of the fields are others than meant, such as those of a table's head.
    return found.map((element) => selectFields(element, selection)).filter((row) => Object.keys(row).length > 0);
  }
  if (selection !== undefined) return [{ ...(format === "html" ? { url } : {}), ...selectFields(root, selection) }];
  return [format === "html" ? pageParts(root, url) : { text: pageText(root) }];
}

function pageText(root: Parameters<typeof pageParts>[0]): string {
  const { text } = pageParts(root, "");
  return typeof text === "string" ? text : "";
}

function selectionOf(select: Json | undefined): FieldSelection | undefined {
  if (select === undefined || select === null) return undefined;
  if (isMap(select)) return select;
  throw nanobrainError("E_COLLECT_SOURCES", { problem: "select must be a map of fields to selectors or paths" });
}

function valueRows(value: Json, url: string, { rows, select }: JsonObject): readonly Json[] {
  const list = typeof rows === "string" ? listAt(value, rows, url) : usualRows(value);
  const selection = typeof select === "string" ? { value: select } : selectionOf(select);
  if (selection === undefined) return list;
  return list.map((row) =>
    Object.fromEntries(
      Object.entries(selection).flatMap(([field, path]) => {
        const found = typeof path === "string" ? atPath(row, path) : undefined;
        return found === undefined ? [] : [[field, found] as const];
      }),
    ),
  );
}

function listAt(value: Json, path: string, url: string): readonly Json[] {
  const found = atPath(value, path);
  if (found === undefined)
    throw nanobrainError(
      "E_COLLECT_ANSWER",
      { url, what: `it has nothing at ${path}` },
      { hint: "Check `rows` of the source." },
    );
  return Array.isArray(found) ? (found as readonly Json[]) : [found];
}

/** A list is its rows; a map that has one of the usual lists is that list; all else is one row. */
function usualRows(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  const place = isMap(value) ? usualPlaces.find((name) => Array.isArray(value[name])) : undefined;
  return place === undefined ? [value] : ((value as JsonObject)[place] as readonly Json[]);
}
