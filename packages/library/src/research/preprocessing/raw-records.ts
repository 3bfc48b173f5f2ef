import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { isMap } from "./rules/rule-options.js";

/** What came in: maps, in their order, and what is none. `about`: what the collection says besides its records. */
export type RawRecords = {
  readonly records: readonly { readonly index: number; readonly record: JsonObject }[];
  readonly refused: readonly { readonly index: number; readonly value: Json }[];
  /** Records that the collection set aside because they do not fit their schema. */
  readonly invalidBefore: number;
  readonly search?: Json;
};

/**
 * Records out of what a step before gives: a list, a map with `records` or `rows`, a table `{columns, rows}` whose rows are
 * lists, or a map of records. One record alone is a list of one.
 */
export function rawRecords(raw: Json | undefined): RawRecords {
  const list = listOf(raw);
  const records: { readonly index: number; readonly record: JsonObject }[] = [];
  const refused: { readonly index: number; readonly value: Json }[] = [];
  for (const [index, value] of list.entries()) {
    if (isMap(value)) records.push({ index, record: value });
    else refused.push({ index, value });
  }
  const search = isMap(raw) ? raw["search"] : undefined;
  return { records, refused, invalidBefore: invalidOf(raw), ...(search === undefined ? {} : { search }) };
}

function listOf(raw: Json | undefined): readonly Json[] {
  if (Array.isArray(raw)) return raw as readonly Json[];
  if (!isMap(raw)) {
    const is = raw === undefined || raw === null ? "nothing" : typeof raw;
    throw nanobrainError("E_CLEAN_INPUT", { problem: `a list of records is expected on raw_data, here is ${is}` });
  }
  const { records, rows, columns } = raw;
  if (Array.isArray(records)) return records as readonly Json[];
  if (Array.isArray(rows) && Array.isArray(columns))
    return tableRows(columns as readonly Json[], rows as readonly Json[]);
  if (Array.isArray(rows)) return rows as readonly Json[];
  return Object.keys(raw).length === 0 ? [] : [raw];
}

function tableRows(columns: readonly Json[], rows: readonly Json[]): readonly Json[] {
  const names = columns.map((column, at) =>
    typeof column === "string" && column !== "" ? column : `column_${at + 1}`,
  );
  return rows.map((row) =>
    Array.isArray(row)
      ? Object.fromEntries(names.map((name, at) => [name, (row as readonly Json[])[at] ?? null]))
      : row,
  );
}

function invalidOf(raw: Json | undefined): number {
  const validation = isMap(raw) ? raw["validation"] : undefined;
  const invalid = isMap(validation) ? validation["invalid"] : undefined;
  return typeof invalid === "number" ? invalid : 0;
}
