import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

export type DelimitedOptions = {
  readonly delimiter: Delimiter;
  /** False: the first line is data, and the columns are `column_1`, `column_2`... */
  readonly header: boolean;
  /** True: cells that are numbers become numbers; `007` and numbers that would lose digits stay text. */
  readonly numbers: boolean;
  /** True: empty cells become null. */
  readonly emptyAsNull: boolean;
};

/** A row that is not as it should be. `line` counts from 1, where the row starts. */
export type RowProblem = { readonly line: number; readonly problem: string };

export type DelimitedTable = {
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  readonly problems: readonly RowProblem[];
};

/** Where cells beyond the last column are kept. */
export const EXTRA_CELLS = "_extra";
export const MAX_ROW_PROBLEMS = 100;

/** A row's cells and its line. */
type TableRecord = { readonly cells: readonly string[]; readonly line: number; readonly problem?: string };

/**
 * Reads a table: quotes, doubled quotes, line ends within quotes, CRLF, a byte order mark. Empty lines are left out.
 * A row with too few cells lacks its last columns; one with too many keeps the rest under `_extra`; both are reported,
 * the first hundred. One pass. Throws E_PARSE for a quote that is never closed.
 */
export function parseDelimited(text: string, options: DelimitedOptions): DelimitedTable {
  const records = recordsOf(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, options.delimiter);
  const first = options.header ? records.shift() : records[0];
  const columns = columnsOf(first?.cells ?? [], options.header);
  const problems: RowProblem[] = [];
  const note = (line: number, problem: string): void => {
    if (problems.length < MAX_ROW_PROBLEMS) problems.push({ line, problem });
  };
  if (options.header && first !== undefined && columns.some((name, i) => name !== first.cells[i])) {
    note(first.line, "the header has empty, equal or forbidden names, which were changed");
  }
  const rows = records.map(({ cells, line, problem }) => {
    if (problem !== undefined) note(line, problem);
    if (cells.length !== columns.length)
      note(line, `the row has ${cells.length} cells, the table ${columns.length} columns`);
    return rowOf(cells, columns, options);
  });
  return { columns, rows, problems };
}

function rowOf(cells: readonly string[], columns: readonly string[], options: DelimitedOptions): JsonObject {
  const row: { [column: string]: Json } = {};
  const count = Math.min(cells.length, columns.length);
  for (let i = 0; i < count; i++) row[columns[i] ?? ""] = cellOf(cells[i] ?? "", options);
  if (cells.length > columns.length) row[EXTRA_CELLS] = cells.slice(columns.length);
  return row;
}

function cellOf(text: string, { numbers, emptyAsNull }: DelimitedOptions): Json {
  if (text === "") return emptyAsNull ? null : "";
  if (!numbers || !/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/.test(text)) return text;
  const value = Number(text);
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? value : text;
}

function columnsOf(names: readonly string[], hasHeader: boolean): string[] {
  const used = new Set<string>([EXTRA_CELLS, "__proto__"]);
  return names.map((given, i) => {
    const name = hasHeader && given.trim() !== "" && given !== "__proto__" ? given : `column_${i + 1}`;
    let unique = name;
    for (let n = 2; used.has(unique); n++) unique = `${name}_${n}`;
    used.add(unique);
    return unique;
  });
}

function recordsOf(text: string, delimiter: string): TableRecord[] {
  const records: TableRecord[] = [];
  let at = 0;
  let line = 1;
  let quote = text.indexOf('"');
  while (at < text.length) {
    if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
    const end = lineEnd(text, at);
    if (quote === -1 || quote >= end) {
      if (end > at) records.push({ cells: text.slice(at, end).split(delimiter), line });
      at = afterLineEnd(text, end);
      line++;
      continue;
    }
    const { record, next, lines } = quotedRecord(text, at, line, delimiter);
    records.push(record);
    at = next;
    line += lines;
  }
  return records;
}

type QuotedRecord = { readonly record: TableRecord; readonly next: number; readonly lines: number };

/** A row that has a quote in its first line, and may go on over several. */
function quotedRecord(text: string, start: number, line: number, delimiter: string): QuotedRecord {
  const cells: string[] = [];
  let problem: string | undefined;
  let lines = 1;
  let at = start;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      const quoted = quotedCell(text, at, line + lines - 1, delimiter);
      cell = quoted.cell;
      at = quoted.next;
      lines += newlines(cell);
    }
    const rest = text.slice(at, lineEnd(text, at));
    const length = rest.includes(delimiter) ? rest.indexOf(delimiter) : rest.length;
    if (cell !== "" && length > 0) problem = "there is text behind a closing quote";
    cells.push(cell + rest.slice(0, length));
    at += length;
    if (text[at] === delimiter) at += 1;
    else break;
  }
  const record = problem === undefined ? { cells, line } : { cells, line, problem };
  return { record, next: afterLineEnd(text, at), lines };
}

/** A cell from its opening quote on; `next` is behind the closing one. */
function quotedCell(
  text: string,
  at: number,
  line: number,
  delimiter: string,
): { readonly cell: string; readonly next: number } {
  let doubled = false;
  for (let from = at + 1; ; ) {
    const end = text.indexOf('"', from);
    if (end === -1) {
      const format = delimiter === "\t" ? "tsv" : "csv";
      throw nanobrainError("E_PARSE", {
        what: "the text",
        format,
        problem: `the quote opened in line ${line} is never closed`,
      });
    }
    if (text[end + 1] !== '"') {
      const cell = text.slice(at + 1, end);
      return { cell: doubled ? cell.replaceAll('""', '"') : cell, next: end + 1 };
    }
    doubled = true;
    from = end + 2;
  }
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Position of the next CR or LF, or the end of the text. */
function lineEnd(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  const end = newline === -1 ? text.length : newline;
  return text[end - 1] === "\r" && end - 1 >= at ? end - 1 : end;
}

function afterLineEnd(text: string, end: number): number {
  return text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1;
}

/**
 * Writes rows as a table; columns are all keys in order of first appearance. Maps and lists become JSON. Names with any delimiter
 * in them are quoted, so that readers who look for the delimiter find the right one.
 */
export function formatDelimited(rows: readonly JsonObject[], delimiter: Delimiter): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly (Json | undefined)[], special: readonly string[] = [delimiter]): string => {
    const written = cells.map((cell) => writtenCell(cell, special)).join(delimiter);
    return written === "" ? '""' : written;
  };
  const lines = rows.map((row) =>
    line(columns.map((column) => (Object.hasOwn(row, column) ? row[column] : undefined))),
  );
  return columns.length === 0 ? "" : `${[line(columns, delimiters), ...lines].join("\n")}\n`;
}

function writtenCell(value: Json | undefined, special: readonly string[]): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const needsQuotes = special.some((sign) => text.includes(sign)) || /["\r\n]/.test(text);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}
