import type { Json, JsonObject } from "@nanobrain/engine";
import { isFilled } from "./rules/field-glob.js";
import { readDate } from "./rules/read-date.js";
import { meanAndDeviation, quantile, sortedNumbers } from "./spread.js";
import { shown, type Tracked } from "./trail.js";

export type ValueType = "integer" | "number" | "boolean" | "date" | "text" | "list" | "map";

export type FieldProfile = {
  readonly name: string;
  /** Of its filled values the most frequent type; whole numbers among fractions are numbers. */
  readonly type: ValueType;
  readonly filled: number;
  readonly missing: number;
  /** Share of filled values that are of the type. */
  readonly consistency: number;
  /** Different values; counted up to 10,000. */
  readonly distinct: number;
  readonly summary: JsonObject;
};

const maxDistinct = 10_000;
const maxFields = 1_000;
const shownTop = 5;

type Column = {
  readonly types: Map<ValueType, number>;
  readonly counts: Map<string, number>;
  readonly numbers: number[];
  filled: number;
  least?: string;
  greatest?: string;
};

/** What each field holds over all records, most filled first. At most a thousand fields. */
export function profile(all: readonly Tracked[]): readonly FieldProfile[] {
  const columns = new Map<string, Column>();
  for (const { record } of all)
    for (const [name, value] of Object.entries(record)) {
      const known = columns.get(name);
      if (known === undefined && columns.size >= maxFields) continue;
      const column: Column = known ?? { types: new Map(), counts: new Map(), numbers: [], filled: 0 };
      columns.set(name, column);
      if (isFilled(value)) count(column, value);
    }
  return [...columns]
    .map(([name, column]) => described(name, column, all.length))
    .sort((a, b) => b.filled - a.filled || (a.name < b.name ? -1 : 1));
}

function count(column: Column, value: Json): void {
  const type = typeOf(value);
  column.filled += 1;
  column.types.set(type, (column.types.get(type) ?? 0) + 1);
  if (typeof value === "number") column.numbers.push(value);
  if (typeof value === "object") return;
  const key = String(value);
  if (column.counts.has(key) || column.counts.size < maxDistinct)
    column.counts.set(key, (column.counts.get(key) ?? 0) + 1);
  if (type !== "date") return;
  if (column.least === undefined || key < column.least) column.least = key;
  if (column.greatest === undefined || key > column.greatest) column.greatest = key;
}

function typeOf(value: Json): ValueType {
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "integer" : "number";
    case "boolean":
      return "boolean";
    case "string":
      return /^\d{4}-\d{2}/.test(value) && readDate(value) !== undefined ? "date" : "text";
    default:
      return "map";
  }
}

function described(name: string, column: Column, records: number): FieldProfile {
  const { type, count: ofType } = mainType(column.types);
  return {
    name,
    type,
    filled: column.filled,
    missing: records - column.filled,
    consistency: column.filled === 0 ? 1 : ofType / column.filled,
    distinct: column.counts.size,
    summary: summaryOf(type, column),
  };
}

function mainType(types: Column["types"]): { readonly type: ValueType; readonly count: number } {
  const merged = new Map(types);
  const [integers, numbers] = [types.get("integer") ?? 0, types.get("number") ?? 0];
  if (integers > 0 && numbers > 0) {
    merged.delete("integer");
    merged.set("number", integers + numbers);
  }
  const [first] = [...merged].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return first === undefined ? { type: "text", count: 0 } : { type: first[0], count: first[1] };
}

function summaryOf(type: ValueType, column: Column): JsonObject {
  if ((type === "integer" || type === "number") && column.numbers.length > 0) {
    const sorted = sortedNumbers(column.numbers);
    const { mean, deviation } = meanAndDeviation(column.numbers);
    const at = (share: number): number => quantile(sorted, share);
    return {
      min: at(0),
      first_quartile: at(0.25),
      median: at(0.5),
      third_quartile: at(0.75),
      max: at(1),
      mean,
      deviation,
    };
  }
  if (type === "date") return { first: column.least ?? null, last: column.greatest ?? null };
  if (type === "list" || type === "map") return {};
  const top = [...column.counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, shownTop);
  return { most_frequent: top.map(([value, times]) => ({ value: shown(value), count: times })) };
}
