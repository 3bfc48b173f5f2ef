import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { type SourceKind, sourceKinds } from "./collection-config.js";

export type SourceEntry = {
  /** Names its effects and its line of the report. */
  readonly id: string;
  readonly kind: SourceKind;
  /** Id of the record that what is fetched belongs to, and the field for it. */
  readonly record?: string;
  readonly as: string;
  readonly given: JsonObject;
};

export type InputSources = {
  /** Taken as they are, before anything is fetched. */
  readonly records: readonly Json[];
  readonly entries: readonly SourceEntry[];
  readonly search?: Json;
};

const keys: { readonly [kind in SourceKind]: readonly string[] } = {
  api: ["url", "method", "headers", "query", "body", "parse", "delimiter", "rows", "each", "select", "paging"],
  web_scraping: ["url", "parse", "delimiter", "each", "select"],
  database: ["database", "file", "query", "parameters"],
};
const common = ["id", "record", "as", "kind"];
const around = ["records", "search"];
const most = 10_000;

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads `input_sources`: a map of kinds to lists; a list, or one, of addresses, entries and records; or text with an address a line.
 * An address is an api if it ends like data (`.json`, `.csv`, `.xml`...), else a page. Throws E_COLLECT_SOURCES.
 */
export function sourceEntries(input: Json | undefined): InputSources {
  const { records, entries, search } = isMap(input) && !isEntry(input) ? byKind(input) : loose(input);
  if (entries.length > most) throw fault(`there are ${entries.length} sources, at most ${most} are taken`);
  return { records, entries: numbered(entries), ...(search === undefined ? {} : { search }) };
}

const fault = (problem: string): Error => nanobrainError("E_COLLECT_SOURCES", { problem });

type Unnumbered = { readonly kind: SourceKind; readonly given: JsonObject };
type Read = { readonly records: readonly Json[]; readonly entries: readonly Unnumbered[]; readonly search?: Json };

const isEntry = (value: JsonObject): boolean => typeof value["url"] === "string" || typeof value["query"] === "string";

function byKind(input: JsonObject): Read {
  const unknown = Object.keys(input).filter((key) => ![...sourceKinds, ...around].includes(key));
  if (unknown.length > 0)
    throw fault(
      `there is no kind ${JSON.stringify(unknown[0])} of sources; there are records, ${sourceKinds.join(", ")}`,
    );
  const { records, search } = input;
  if (records !== undefined && records !== null && !Array.isArray(records)) throw fault("`records` must be a list");
  const entries = sourceKinds.flatMap((kind) =>
    listOf(input[kind]).map((item) => ({ kind, given: entryOf(item, kind) })),
  );
  return { records: (records ?? []) as readonly Json[], entries, ...(search === undefined ? {} : { search }) };
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

function entryOf(item: Json, kind: SourceKind): JsonObject {
  if (typeof item === "string" && kind !== "database") return { url: item.trim() };
  if (!isMap(item))
    throw fault(
      `an entry of ${kind} must be a map${kind === "database" ? "" : " or an address"}, here is ${JSON.stringify(item)?.slice(0, 80)}`,
    );
  const unknown = Object.keys(item).find((key) => !common.includes(key) && !keys[kind].includes(key));
  if (unknown !== undefined)
    throw fault(
      `an entry of ${kind} has ${JSON.stringify(unknown)}; it knows ${[...common, ...keys[kind]].join(", ")}`,
    );
  const needed = kind === "database" ? "query" : "url";
  if (typeof item[needed] !== "string" || item[needed] === "") throw fault(`an entry of ${kind} needs a ${needed}`);
  return item;
}

function loose(input: Json | undefined): Read {
  const items = typeof input === "string" ? input.split(/\r?\n/).filter((line) => line.trim() !== "") : listOf(input);
  const records: Json[] = [];
  const entries: Unnumbered[] = [];
  for (const item of items) {
    if (isMap(item) && !isEntry(item)) records.push(item);
    else {
      const kind = kindOf(item);
      entries.push({ kind, given: entryOf(item, kind) });
    }
  }
  return { records, entries };
}

function kindOf(item: Json): SourceKind {
  const said = isMap(item) ? item["kind"] : undefined;
  const known = sourceKinds.find((kind) => kind === said);
  if (known !== undefined) return known;
  if (isMap(item) && typeof item["url"] !== "string") return "database";
  const url = String(isMap(item) ? item["url"] : item).trim();
  if (!/^https?:\/\//i.test(url)) throw fault(`${JSON.stringify(url.slice(0, 80))} is no address of the web`);
  const parse = isMap(item) ? item["parse"] : undefined;
  if (parse !== undefined) return parse === "html" ? "web_scraping" : "api";
  return /\.(json|jsonl|ndjson|csv|tsv|xml)([?#]|$)/i.test(url) ? "api" : "web_scraping";
}

/** Ids that are unique, and the same on every attempt. */
function numbered(entries: readonly Unnumbered[]): readonly SourceEntry[] {
  const used = new Set<string>();
  return entries.map(({ kind, given }) => {
    const { id, record, as, url, database, file } = given;
    const wanted = typeof id === "string" && id !== "" ? id : `${kind}:${String(url ?? database ?? file ?? "")}`;
    let unique = wanted;
    for (let n = 2; used.has(unique); n++) unique = `${wanted}#${n}`;
    used.add(unique);
    const field = typeof as === "string" && as !== "" ? as : "collected";
    return { id: unique, kind, as: field, given, ...(typeof record === "string" ? { record } : {}) };
  });
}
