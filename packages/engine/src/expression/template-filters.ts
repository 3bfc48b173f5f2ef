import type { FilterImplOptions, Liquid } from "liquidjs";
import { nanobrainError } from "../errors/nanobrain-error.js";

export type TemplateFormat = "text" | "html" | "markdown";

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A value as it stands in a text: lists and objects as JSON, nothing for null. */
export function printed(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}

/** `1234567.891 | number: 1` is `1,234,567.9`. Without places: as many as the number has. What is no number stays as it is. */
function number(value: unknown, places?: unknown): string {
  const given = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof given !== "number" || !Number.isFinite(given)) return printed(value);
  const digits = typeof places === "number" ? Math.max(0, Math.min(20, Math.trunc(places))) : undefined;
  const text = digits === undefined ? String(given) : given.toFixed(digits);
  if (/e/.test(text)) return text;
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `0.256 | percent: 1` is `25.6%`. */
function percent(value: unknown, places?: unknown): string {
  const given = Number(value);
  return Number.isFinite(given) ? `${number(given * 100, typeof places === "number" ? places : 0)}%` : printed(value);
}

/** JSON for a script element of a page: no text in it can end the element. */
function scriptJson(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A list of objects as a table of HTML or Markdown. Columns: those named, else all keys in order of first appearance. */
function tableIn(format: TemplateFormat): (value: unknown, ...columns: readonly unknown[]) => string {
  return (value, ...columns) => {
    const rows = (Array.isArray(value) ? value : [value]).filter(
      (row): row is { [key: string]: unknown } => typeof row === "object" && row !== null,
    );
    const names = columns.length > 0 ? columns.map(printed) : [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const cells = rows.map((row) => names.map((name) => (Object.hasOwn(row, name) ? printed(row[name]) : "")));
    return format === "html" ? htmlTable(names, cells) : markdownTable(names, cells);
  };
}

function htmlTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>\n<thead>${line(names, "th")}</thead>\n<tbody>\n${rows.map((row) => line(row, "td")).join("\n")}\n</tbody>\n</table>`;
}

function markdownTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/[|\\]/g, "\\$&").replace(/\r?\n/g, " ")).join(" | ")} |`;
  return [line(names), line(names.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Adds our filters, and takes out what depends on the moment. */
export function addFilters(liquid: Liquid, format: TemplateFormat): void {
  const filters: { readonly [name: string]: FilterImplOptions } = {
    number,
    percent,
    script_json: { raw: true, handler: scriptJson },
    table: { raw: true, handler: tableIn(format) },
    date: atNoMoment(liquid.filters["date"]),
  };
  for (const [name, filter] of Object.entries(filters)) liquid.registerFilter(name, filter);
  liquid.unregisterFilter("sample");
}

function atNoMoment(date: FilterImplOptions | undefined): FilterImplOptions {
  return function (this, value: unknown, ...rest: unknown[]) {
    if (value === "now" || value === "today") {
      throw nanobrainError("E_TEMPLATE", { what: `the date "${value}" is not available; take the time as an input` });
    }
    const handler = typeof date === "function" ? date : date?.handler;
    return handler?.call(this, value, ...rest);
  };
}
