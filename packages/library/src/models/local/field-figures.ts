import type { Json, JsonObject } from "@nanobrain/engine";
import { literal } from "./cite.js";

type Row = JsonObject;
type Column = { readonly path: string; readonly numbers: readonly number[] };

const leastRows = 3;
const mostColumns = 12;
const deepest = 6;

/** A table of the numbers in lists of objects: how many, the least, the mean, the largest. Empty: there are none. */
export function figureLines(data: readonly Json[]): readonly string[] {
  const columns = data.flatMap((value) => columnsIn(value, "", 0)).slice(0, mostColumns);
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
  for (const row of rows)
    for (const [key, value] of Object.entries(row)) {
      if (typeof value !== "number" || !Number.isFinite(value) || /^(id|number|rank|year|index)$|_id$/i.test(key))
        continue;
      const column = numbers.get(key) ?? [];
      column.push(value);
      numbers.set(key, column);
    }
  return [...numbers]
    .filter(([, column]) => column.length >= leastRows)
    .map(([key, column]) => ({ path: path === "" ? key : `${path}.${key}`, numbers: column }));
}

const shown = (number: number): string => String(Number(number.toPrecision(4)));
