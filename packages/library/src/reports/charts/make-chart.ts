import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { isObject, valueAt } from "../json-parts.js";
import type { Chart, ChartSeries } from "./chart.js";
import type { ChartSpec } from "./chart-spec.js";
import { binned } from "./histogram-bins.js";

/** Most points of a chart: what is more cannot be told apart, and makes pages heavy. */
const pointLimit = 5_000;
const categoryLimit = 60;

/** A chart from the report's variables. Throws E_REPORT_CHART where they do not have what it asks for. */
export function makeChart(spec: ChartSpec, variables: JsonObject, position: number): Chart {
  const rows = rowsAt(spec, variables);
  const base = { ...labels(spec), name: spec.name ?? `chart-${position + 1}`, type: spec.type };
  if (spec.type === "histogram") return { ...base, ...binned(numbers(rows, needed(spec, "x"), spec), spec.bins) };
  if (spec.type === "heatmap") return { ...base, ...heatmap(spec, rows) };
  if (spec.type === "scatter") return { ...base, ...scattered(spec, rows) };
  return { ...base, ...byCategory(spec, rows) };
}

function rowsAt(spec: ChartSpec, variables: JsonObject): readonly JsonObject[] {
  const value = valueAt(variables, spec.data);
  if (isObject(value)) return Object.entries(value).map(([name, one]) => ({ name, value: one }));
  if (!Array.isArray(value)) throw refused(spec, `${spec.data} is no list of objects`);
  const rows = (value as readonly Json[]).map((one, index) =>
    isObject(one) ? one : { name: String(index + 1), value: one },
  );
  if (rows.length === 0) throw refused(spec, `${spec.data} is empty`);
  return rows;
}

function refused(spec: ChartSpec, what: string): Error {
  return nanobrainError("E_REPORT_CHART", { chart: spec.title ?? spec.name ?? spec.type, what });
}

function needed(spec: ChartSpec, key: "x" | "group"): string {
  return spec[key] ?? (key === "x" ? "name" : "value");
}

function yFields(spec: ChartSpec): readonly string[] {
  return spec.y === undefined ? [] : typeof spec.y === "string" ? [spec.y] : spec.y;
}

function labels(spec: ChartSpec): Pick<Chart, "title" | "xTitle" | "yTitle" | "isLying" | "rows" | "categories"> {
  const x = spec.x ?? "name";
  const counted = yFields(spec).length === 0 || spec.aggregate === "count" || spec.type === "histogram";
  const y = counted ? "Count" : yFields(spec).join(", ");
  const yTitle = spec.y_title ?? titled(y);
  return {
    title: spec.title ?? (spec.type === "histogram" ? `Distribution of ${x}` : `${titled(y)} by ${x}`),
    xTitle: spec.x_title ?? titled(x),
    yTitle: spec.unit === undefined ? yTitle : `${yTitle} (${spec.unit})`,
    isLying: false,
    rows: [],
    categories: [],
  };
}

/** `Production Budget` of `production_budget`. */
function titled(field: string): string {
  const words = (field.split(".").at(-1) ?? field).replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function numberOf(value: Json | undefined): number | undefined {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

function nameOf(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return (typeof value === "object" ? JSON.stringify(value) : String(value)).slice(0, 80);
}

function numbers(rows: readonly JsonObject[], field: string, spec: ChartSpec): readonly number[] {
  const found = rows.flatMap((row) => numberOf(valueAt(row, field)) ?? []);
  const own = spec.x === undefined && found.length === 0 ? rows.flatMap((row) => numberOf(row["value"]) ?? []) : found;
  if (own.length === 0) throw refused(spec, `no ${field} of ${spec.data} is a number`);
  return own;
}

function scattered(spec: ChartSpec, rows: readonly JsonObject[]): Pick<Chart, "series" | "categories"> {
  const x = needed(spec, "x");
  const groups = new Map<string, (readonly number[])[]>();
  let count = 0;
  for (const row of rows)
    for (const field of yFields(spec).length === 0 ? ["value"] : yFields(spec)) {
      const point = [numberOf(valueAt(row, x)), numberOf(valueAt(row, field))];
      if (point[0] === undefined || point[1] === undefined || count >= pointLimit) continue;
      const group = (spec.group === undefined ? undefined : nameOf(valueAt(row, spec.group))) ?? titled(field);
      groups.set(group, [...(groups.get(group) ?? []), [point[0], point[1]]]);
      count++;
    }
  if (count === 0)
    throw refused(spec, `no object of ${spec.data} has numbers for ${x} and ${yFields(spec).join(", ")}`);
  return { categories: [], series: [...groups].map(([name, points]) => ({ name, points })) };
}

type Cells = Map<string, Map<string, number[]>>;

function byCategory(spec: ChartSpec, rows: readonly JsonObject[]): Pick<Chart, "series" | "categories" | "isLying"> {
  const x = needed(spec, "x");
  const cells: Cells = new Map();
  const fields = yFields(spec).length > 0 || spec.x !== undefined ? yFields(spec) : ["value"];
  for (const row of rows) {
    const name = nameOf(valueAt(row, x));
    if (name === undefined) continue;
    const group = spec.group === undefined ? undefined : nameOf(valueAt(row, spec.group));
    for (const field of fields.length === 0 ? [""] : fields) {
      const value = field === "" ? 1 : numberOf(valueAt(row, field));
      if (value !== undefined) enter(cells, group ?? titled(field === "" ? "Count" : field), name, value);
    }
  }
  const found = ordered(spec, cells);
  if (found.length === 0) throw refused(spec, `no object of ${spec.data} has a value for ${x}`);
  // Nothing was counted there: that is a number, too.
  const categories =
    yFields(spec).length === 0 && spec.limit === undefined && spec.aggregate === undefined ? withGaps(found) : found;
  if (categories.length > found.length)
    for (const name of categories) for (const [group] of cells) enter(cells, group, name, 0);
  const aggregate = spec.aggregate ?? "sum";
  const series = [...cells].map(([name, values]): ChartSeries => {
    const points = categories.flatMap((one, at) =>
      values.has(one) ? [[at, joined(values.get(one) ?? [], aggregate)]] : [],
    );
    return { name, points };
  });
  const isLying =
    spec.type === "bar" && categories.some((one) => one.length > 14 || categories.length * one.length > 110);
  return { categories, series, isLying };
}

/** Whole numbers in rising order with those between them, such as years in which nothing came out. */
function withGaps(names: readonly string[]): readonly string[] {
  const numbers = names.map(Number);
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  const isRising = numbers.every(
    (one, at) => Number.isInteger(one) && one >= first && one > (numbers[at - 1] ?? -Infinity),
  );
  if (!isRising || last - first >= categoryLimit) return names;
  return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
}

function enter(cells: Cells, group: string, name: string, value: number): void {
  const values = cells.get(group) ?? new Map<string, number[]>();
  cells.set(group, values.set(name, [...(values.get(name) ?? []), value]));
}

function joined(values: readonly number[], how: NonNullable<ChartSpec["aggregate"]>): number {
  const sum = values.reduce((total, one) => total + one, 0);
  switch (how) {
    case "count":
      return values.length;
    case "mean":
      return values.length === 0 ? 0 : sum / values.length;
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "sum":
      return sum;
  }
}

function ordered(spec: ChartSpec, cells: Cells): readonly string[] {
  const names = [...new Set([...cells.values()].flatMap((values) => [...values.keys()]))];
  const isNumeric = names.every((name) => numberOf(name) !== undefined);
  const how = spec.sort ?? (isNumeric ? "x" : "none");
  const total = (name: string): number =>
    [...cells.values()].reduce((sum, values) => sum + joined(values.get(name) ?? [0], spec.aggregate ?? "sum"), 0);
  if (how === "x") names.sort((a, b) => (isNumeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
  if (how === "value") {
    const totals = new Map(names.map((name) => [name, total(name)]));
    names.sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0));
  }
  return names.slice(0, spec.limit ?? categoryLimit);
}

function heatmap(spec: ChartSpec, rows: readonly JsonObject[]): Pick<Chart, "series" | "categories" | "rows"> {
  const x = needed(spec, "x");
  const y = yFields(spec)[0] ?? needed(spec, "group");
  const cells: Cells = new Map();
  for (const row of rows) {
    const [column, line] = [nameOf(valueAt(row, x)), nameOf(valueAt(row, y))];
    const value = spec.value === undefined ? 1 : numberOf(valueAt(row, spec.value));
    if (column !== undefined && line !== undefined && value !== undefined) enter(cells, line, column, value);
  }
  const categories = ordered(spec, cells);
  const names = [...cells.keys()].slice(0, spec.limit ?? categoryLimit);
  if (categories.length === 0) throw refused(spec, `no object of ${spec.data} has values for ${x} and ${y}`);
  const points = names.flatMap((line, row) =>
    categories.flatMap((column, at) => {
      const values = cells.get(line)?.get(column);
      return values === undefined ? [] : [[at, row, joined(values, spec.aggregate ?? "sum")]];
    }),
  );
  return { categories, rows: names, series: [{ name: spec.value ?? "Count", points }] };
}
