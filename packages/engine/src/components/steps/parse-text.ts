import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import {
  type DelimitedOptions,
  type Delimiter,
  formatDelimited,
  parseDelimited,
  type RowProblem,
} from "./delimited-text.js";
import { delimiterOf, missedDelimiter } from "./delimiter-of.js";

export type { RowProblem } from "./delimited-text.js";

export const textFormats = ["text", "json", "jsonl", "csv", "tsv"] as const;
export type TextFormat = (typeof textFormats)[number];

export type ParseOptions = Partial<DelimitedOptions> & {
  /** What the text is, for messages: `file data.csv`. */
  readonly what?: string;
};

export type ParsedText = {
  readonly value: Json;
  /** Rows of a table that are not as they should be; they are in the value all the same. */
  readonly problems: readonly RowProblem[];
  /** Of a table: what it was split by, and its columns. */
  readonly table?: { readonly delimiter: Delimiter; readonly columns: readonly string[] };
};

/**
 * Reads a text: `json` gives its value, `jsonl` a list of one value per line, `csv` and `tsv` a list of rows by column,
 * cells as text unless `numbers` is set. Without `delimiter` a csv is split by the one that fits it, a tsv by tabs.
 * Throws E_PARSE, which says the line.
 */
export function parseText(text: string, format: TextFormat, options: ParseOptions = {}): ParsedText {
  const { what = "the text", header = true, numbers = false, emptyAsNull = false } = options;
  switch (format) {
    case "text":
      return { value: text, problems: [] };
    case "json":
      return { value: parseJson(withoutMark(text), what, "json", 1), problems: [] };
    case "jsonl":
      return { value: parseLines(withoutMark(text), what), problems: [] };
    default:
      return parseTable(text, format, { ...options, header, numbers, emptyAsNull });
  }
}

/** How Excel names the delimiter in a line of its own. */
const saidLine = /^\uFEFF?"?sep=([,;\t|])"?(?=\r?\n)/i;

function parseTable(
  text: string,
  format: "csv" | "tsv",
  options: ParseOptions & Omit<DelimitedOptions, "delimiter">,
): ParsedText {
  const said = saidLine.exec(text)?.[1] as Delimiter | undefined;
  const content = said === undefined ? text : text.replace(saidLine, "");
  const found = (): Delimiter => said ?? (format === "tsv" ? "\t" : (delimiterOf(content) ?? ","));
  const delimiter = options.delimiter ?? found();
  const { columns, rows, problems } = parseDelimited(content, { ...options, delimiter });
  const missed = columns.length === 1 ? missedDelimiter(content, delimiter) : undefined;
  const told = missed === undefined ? problems : [oneColumn(delimiter, missed), ...problems];
  return { value: rows, problems: told, table: { delimiter, columns } };
}

const oneColumn = (used: Delimiter, missed: Delimiter): RowProblem => ({
  line: 1,
  problem: `the table has one column when split by ${JSON.stringify(used)}; ${JSON.stringify(missed)} would make several of it`,
});

const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

function parseLines(text: string, what: string): Json[] {
  const values: Json[] = [];
  let line = 0;
  for (let at = 0; at < text.length; ) {
    line++;
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    const content = text.slice(at, end).trim();
    if (content !== "") values.push(parseJson(content, what, "jsonl", line));
    at = end + 1;
  }
  return values;
}

function parseJson(text: string, what: string, format: "json" | "jsonl", firstLine: number): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const message = error instanceof Error ? error.message : "it cannot be read";
    throw nanobrainError("E_PARSE", { what, format, problem: jsonProblem(text, message, firstLine) });
  }
}

/** The parser's message with line and column instead of a position, and without the text it quotes. */
function jsonProblem(text: string, message: string, firstLine: number): string {
  if (text.trim() === "") return "the text is empty";
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const said = message
    .replace(/ in JSON at position.*$|, (\.{3})?".*" is not valid JSON$|\(line.*$/s, "")
    .replace(/^JSON\.parse: /, "");
  const at = position === undefined ? (/end of JSON/.test(message) ? text.length : undefined) : Number(position);
  if (at === undefined) return said;
  const before = text.slice(0, at).split("\n");
  return `${said} in line ${firstLine + before.length - 1}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Writes a value as text. Tables want a list of maps, `jsonl` a list. Throws E_FORMAT. Text and JSON end as they are, lines with a line end. */
export function formatText(value: Json, format: TextFormat): string {
  switch (format) {
    case "text":
      return typeof value === "string" ? value : JSON.stringify(value, null, 2);
    case "json":
      return `${JSON.stringify(value, null, 2)}\n`;
    case "jsonl":
      return listOf(value, format)
        .map((item) => `${JSON.stringify(item)}\n`)
        .join("");
    default:
      return formatDelimited(rowsOf(value, format), format === "csv" ? "," : "\t");
  }
}

function listOf(value: Json, format: TextFormat): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw nanobrainError("E_FORMAT", {
    format,
    problem: `a list is expected, here is ${typeof value === "object" ? "an object" : typeof value}`,
  });
}

function rowsOf(value: Json, format: TextFormat): readonly JsonObject[] {
  return listOf(value, format).map((row, i) => {
    if (typeof row === "object" && row !== null && !Array.isArray(row)) return row as JsonObject;
    throw nanobrainError("E_FORMAT", { format, problem: `row ${i} is no object` });
  });
}
