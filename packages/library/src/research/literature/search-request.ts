import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import type { LiteratureConfig } from "./literature-config.js";
import type { EngineName } from "./literature-record.js";

/** One search. */
export type SearchRequest = {
  readonly text: string;
  /** In an engine's own words. */
  readonly own: { readonly [engine in EngineName]?: string };
  readonly fromYear?: number;
  readonly toYear?: number;
};

const mostQueries = 20;
const longestQuery = 4_000;

/**
 * The searches that a value asks for: text; a list; or a map with `query` (or `queries` as a list, `topic`, `text`) and, if
 * wanted, `from_year`, `to_year` and `queries` by engine. Throws E_SEARCH_QUERY.
 */
export function searchRequests(value: Json | undefined, config: LiteratureConfig): readonly SearchRequest[] {
  const defaults: Omit<SearchRequest, "text"> = {
    own: config.queries,
    ...(config.from_year === undefined ? {} : { fromYear: config.from_year }),
    ...(config.to_year === undefined ? {} : { toYear: config.to_year }),
  };
  const requests = unique(read(value ?? null, defaults, 0));
  if (requests.length === 0) throw nanobrainError("E_SEARCH_QUERY", { problem: "there is nothing to search for" });
  if (requests.length > mostQueries)
    throw nanobrainError("E_SEARCH_QUERY", {
      problem: `${requests.length} queries are too many; ${mostQueries} may be asked at once`,
    });
  return requests;
}

function read(value: Json, defaults: Omit<SearchRequest, "text">, depth: number): readonly SearchRequest[] {
  if (typeof value === "string") {
    const text = value.replace(/\s+/g, " ").trim();
    if (text.length > longestQuery)
      throw nanobrainError("E_SEARCH_QUERY", {
        problem: `a query of ${text.length} characters is too long; ${longestQuery} may be sent`,
      });
    return text === "" ? [] : [{ text, ...defaults }];
  }
  if (Array.isArray(value) && depth < 2)
    return (value as readonly Json[]).flatMap((each) => read(each, defaults, depth + 1));
  if (typeof value === "object" && value !== null && !Array.isArray(value) && depth < 3)
    return readMap(value as JsonObject, defaults, depth);
  throw nanobrainError("E_SEARCH_QUERY", { problem: `a query is text, not ${JSON.stringify(value).slice(0, 100)}` });
}

function readMap(map: JsonObject, defaults: Omit<SearchRequest, "text">, depth: number): readonly SearchRequest[] {
  const { queries } = map;
  const listed = Array.isArray(queries) ? queries : undefined;
  const inner = map["query"] ?? map["topic"] ?? map["text"] ?? listed;
  if (inner === undefined)
    throw nanobrainError("E_SEARCH_QUERY", {
      problem: `a map says what to search for under query; this one has ${Object.keys(map).slice(0, 10).join(", ") || "nothing"}`,
    });
  const own =
    typeof queries === "object" && queries !== null && listed === undefined ? textsOf(queries as JsonObject) : {};
  const fromYear = yearOf(map, "from_year");
  const toYear = yearOf(map, "to_year");
  return read(
    inner,
    {
      own: { ...defaults.own, ...own },
      ...rangeOf(fromYear ?? defaults.fromYear, toYear ?? defaults.toYear),
    },
    depth + 1,
  );
}

function rangeOf(fromYear: number | undefined, toYear: number | undefined): Pick<SearchRequest, "fromYear" | "toYear"> {
  return { ...(fromYear === undefined ? {} : { fromYear }), ...(toYear === undefined ? {} : { toYear }) };
}

function textsOf(map: JsonObject): SearchRequest["own"] {
  return Object.fromEntries(Object.entries(map).filter(([, text]) => typeof text === "string"));
}

function yearOf(map: JsonObject, key: string): number | undefined {
  const said = map[key];
  if (said === undefined || said === null) return undefined;
  const year = Number(said);
  if (Number.isInteger(year) && year >= 1500 && year <= 2200) return year;
  throw nanobrainError("E_SEARCH_QUERY", { problem: `${key} is a year, not ${JSON.stringify(said).slice(0, 50)}` });
}

function unique(requests: readonly SearchRequest[]): readonly SearchRequest[] {
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}
