import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import type { Collecting, Part, ReadSource } from "../collecting.js";
import { fetchPolitely } from "../fetch-politely.js";
import { isMap, type SourceEntry } from "../source-entries.js";
import { answerRows } from "./answer-rows.js";
import { nextPage } from "./paging.js";

/** Reads a service page by page. Each page is recorded: a later attempt asks only for what is missing. */
export const apiSource: ReadSource = async function* (entry, collecting) {
  let url = firstUrl(entry.given);
  let rowsSoFar = 0;
  const { max_pages, max_records } = collecting.config;
  for (let page = 1; page <= max_pages && rowsSoFar < max_records; page++) {
    const part = await collecting.context.effect<Part & JsonObject>(`collect:${entry.id}:${page}`, () =>
      onePage(entry, url, { page, rowsSoFar }, collecting),
    );
    yield part;
    rowsSoFar += part.rows.length;
    if (typeof part.next !== "string") return;
    url = new URL(part.next);
  }
};

export function readWebUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw nanobrainError("E_COLLECT_SOURCES", { problem: `${JSON.stringify(text.slice(0, 200))} is no address` });
}

function firstUrl({ url, query, paging }: JsonObject): URL {
  const made = readWebUrl(String(url));
  if (isMap(query)) for (const [name, value] of Object.entries(query)) made.searchParams.set(name, textOf(value));
  if (isMap(paging) && typeof paging["page_parameter"] === "string" && !made.searchParams.has(paging["page_parameter"]))
    made.searchParams.set(paging["page_parameter"], String(paging["first"] ?? 1));
  return made;
}

const textOf = (value: Json): string =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");

async function onePage(
  entry: SourceEntry,
  url: URL,
  { page, rowsSoFar }: { readonly page: number; readonly rowsSoFar: number },
  collecting: Collecting,
): Promise<Part & JsonObject> {
  const startMs = performance.now();
  const { method, headers, body, paging } = entry.given;
  const { answer, text, requests } = await fetchPolitely(
    {
      url,
      method: methodOf(method, body),
      headers: {
        accept: "application/json, text/csv, application/xml, text/*;q=0.8, */*;q=0.5",
        ...bodyHeaders(body),
        ...textHeaders(headers),
      },
      intervalMs: collecting.intervalMs,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    },
    collecting,
  );
  const { rows, value, table } = await answerRows(
    text,
    answer.url.href,
    answer.headers["content-type"],
    entry.given,
    "json",
  );
  const seen = {
    url,
    value,
    link: answer.headers["link"],
    rows: rows.length,
    rowsSoFar: rowsSoFar + rows.length,
    page,
  };
  return {
    rows: rows.slice(0, collecting.config.max_records - rowsSoFar),
    next: nextPage(paging, seen)?.href ?? null,
    requests,
    bytes: answer.bytes.length,
    ms: Math.round(performance.now() - startMs),
    ...(table === undefined ? {} : { table }),
  };
}

function methodOf(method: Json | undefined, body: Json | undefined): string {
  const said = typeof method === "string" ? method.toUpperCase() : body === undefined ? "GET" : "POST";
  if (said === "GET" || said === "POST") return said;
  throw nanobrainError("E_COLLECT_SOURCES", {
    problem: `method ${said} is not for collecting; there are GET and POST`,
  });
}

function bodyHeaders(body: Json | undefined): { readonly [name: string]: string } {
  return body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" };
}

/** Names that only the engine sets, and those that would lead astray who stands between. */
const ownNames = /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|cookie|proxy-.*)$/i;

function textHeaders(headers: Json | undefined): { readonly [name: string]: string } {
  if (!isMap(headers)) return {};
  const own = Object.keys(headers).find((name) => ownNames.test(name) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name));
  if (own !== undefined)
    throw nanobrainError("E_COLLECT_SOURCES", { problem: `header ${JSON.stringify(own.slice(0, 80))} may not be set` });
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
