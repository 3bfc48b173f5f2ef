import type { Json, JsonObject } from "@nanobrain/engine";
import { literal } from "./cite.js";

type Row = JsonObject;
type Column = { readonly path: string; readonly numbers: readonly number[]; readonly isOfRecords: boolean };

const leastRows = 3;
const mostColumns = 12;
const deepest = 6;

/** A table of the numbers in lists of objects: how many, the least, the mean, the largest. Empty: there are none. */
export function figureLines(data: readonly Json[]): readonly string[] {
  const all = data.flatMap((value) => columnsIn(value, "", 0));
  // Beside records, other lists mostly tell of them: how they were found and cleaned.
  const ofRecords = all.filter(({ isOfRecords }) => isOfRecords);
  const columns = (ofRecords.length > 0 ? ofRecords : all).slice(0, mostColumns);
  if (columns.length === 0) return [];
  const rows = columns.map(({ path, numbers }) => {
    const sum = numbers.reduce((all, one) => all + one, 0);
    const least = numbers.reduce((a, b) => Math.min(a, b));
    const most = numbers.reduce((a, b) => Math.max(a, b));
    return `| ${literal(path)} | ${numbers.length} | ${shown(least)} | ${shown(sum / numbers.length)} | ${shown(most)} |`;
  });
  return ["| Field | Values | Least | Mean | Most |", "|---|---:|---:|---:|---:|", ...rows];
}

function columnsIn(value: Json, path: string, depth: number): readonly Column[] {
  if (depth > deepest || typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value))
    return Object.entries(value).flatMap(([key, item]) =>
      columnsIn(item as Json, path === "" ? key : `${path}.${key}`, depth + 1),
    );
  const rows = value.filter((item): item is Row => typeof item === "object" && item !== null && !Array.isArray(item));
  return rows.length < leastRows ? [] : columnsOf(rows, path);
}

function columnsOf(rows: readonly Row[], path: string): readonly Column[] {
  const numbers = new Map<string, number[]>();
  const isOfRecords = rows.some((row) => "title" in row || "abstract" in row);
  for (const row of rows)
    for (const [key, value] of fieldsOf(row)) {
      if (
        typeof value !== "number" ||
        !Number.isFinite(value) ||
        /^(id|number|rank|year|volume|issue|pages|index|pmid|page|quality\.score)$|_id$/i.test(key)
      )
        continue;
      const column = numbers.get(key) ?? [];
      column.push(value);
      numbers.set(key, column);
    }
  return [...numbers]
    .filter(([, column]) => column.length >= leastRows)
    .map(([key, column]) => ({ path: path === "" ? key : `${path}.${key}`, numbers: column, isOfRecords }));
}

/** The row's fields, and those of its objects. */
function fieldsOf(row: Row): readonly (readonly [string, Json])[] {
  const fields: (readonly [string, Json])[] = [];
  for (const [key, value] of Object.entries(row)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) fields.push([key, value as Json]);
    else for (const [inner, one] of Object.entries(value)) fields.push([`${key}.${inner}`, one as Json]);
  }
  return fields;
}

const shown = (number: number): string => String(Number(number.toPrecision(4)));
