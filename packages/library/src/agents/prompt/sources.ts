import type { Json, JsonObject } from "@nanobrain/engine";
import { withCitationKeys } from "../../reports/citations/citation-keys.js";

/** Inputs as an agent reads them: records have keys to cite them by. */
export type Sourced = {
  readonly inputs: { readonly [port: string]: Json };
  /** At most 500, their abstracts shortened. */
  readonly sources: readonly JsonObject[];
  /** Every input without its records, as far as 64 KiB go. */
  readonly data: JsonObject;
};

const mostSources = 500;
const abstractLength = 1_000;
const dataBytes = 64 * 1024;
const recordFields = ["records", "results", "rows", "items", "papers", "articles", "references"];

/** Finds what looks like records of literature, objects with a title, and gives them keys. */
export function sourced(inputs: { readonly [port: string]: Json }): Sourced {
  const places = Object.entries(inputs).flatMap(([port, value]) => {
    const path = recordsPath(value);
    return path === undefined ? [] : [{ port, path, records: listAt(value, path) }];
  });
  const keyed = withCitationKeys(places.flatMap(({ records }) => records));
  const filled: { [port: string]: Json } = { ...inputs };
  const rest: { [port: string]: Json } = { ...inputs };
  let from = 0;
  for (const { port, path, records } of places) {
    const own = keyed.slice(from, from + records.length);
    from += records.length;
    filled[port] = withListAt(inputs[port] ?? null, path, own);
    rest[port] = withListAt(inputs[port] ?? null, path, undefined);
  }
  return { inputs: filled, sources: keyed.slice(0, mostSources).map(shortened), data: bounded(rest) };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function areRecords(value: Json | undefined): value is readonly JsonObject[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((one) => isObject(one) && typeof one["title"] === "string")
  );
}

function recordsPath(value: Json, depth = 0): readonly string[] | undefined {
  if (areRecords(value)) return [];
  if (!isObject(value) || depth > 1) return undefined;
  for (const key of recordFields) if (areRecords(value[key])) return [key];
  for (const [key, inner] of Object.entries(value)) {
    const found = isObject(inner) ? recordsPath(inner, depth + 1) : undefined;
    if (found !== undefined) return [key, ...found];
  }
  return undefined;
}

function listAt(value: Json, path: readonly string[]): readonly JsonObject[] {
  let found: Json = value;
  for (const key of path) found = (found as JsonObject)[key] as Json;
  return found as unknown as readonly JsonObject[];
}

/** The value with another list at the place; undefined: without it. */
function withListAt(value: Json, path: readonly string[], list: readonly JsonObject[] | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return (list ?? []) as Json;
  const { [key]: inner, ...others } = value as JsonObject;
  if (list === undefined && rest.length === 0) return others;
  return { ...others, [key]: withListAt(inner as Json, rest, list) };
}

function shortened(record: JsonObject): JsonObject {
  const text = record["abstract"];
  return typeof text !== "string" || text.length <= abstractLength
    ? record
    : { ...record, abstract: `${text.slice(0, abstractLength)}...` };
}

function bounded(rest: JsonObject): JsonObject {
  let left = dataBytes;
  const kept: { [port: string]: Json } = {};
  for (const [port, value] of Object.entries(rest)) {
    const bytes = JSON.stringify(value).length;
    if (bytes > left || (Array.isArray(value) && value.length === 0)) continue;
    left -= bytes;
    kept[port] = value as Json;
  }
  return kept;
}
