import { type Json, type JsonObject, NanobrainError, nanobrainError } from "@nanobrain/engine";
import { listAt, objectAnswer, textOf } from "./json-answer.js";
import { openAlexRecord } from "./openalex-record.js";
import {
  type AskEngine,
  addressOf,
  type EngineAnswer,
  type EnginePage,
  type EngineQuery,
  type SearchEngine,
} from "./search-engine.js";

const pageSize = 100;

const wantedFields = [
  "id",
  "doi",
  "ids",
  "title",
  "publication_date",
  "publication_year",
  "type",
  "primary_location",
  "locations",
  "open_access",
  "authorships",
  "cited_by_count",
  "biblio",
  "is_retracted",
  "abstract_inverted_index",
  "keywords",
];

type Cursor = { readonly mark: string; readonly taken: number };

/** OpenAlex, with cursors. It costs: without a key a small sum a day is free, with a free key ten times as much. */
export const openAlexEngine: SearchEngine = {
  name: "openalex",
  service: "OpenAlex",
  endpoint: "https://api.openalex.org/works",
  secret: "OPENALEX_API_KEY",
  intervalMs: () => 110,
  isSpent: (status, text) =>
    [401, 402, 403, 409, 429].includes(status) && /budget|insufficient|credits?\b|daily|api.?key/i.test(text),
  async page(query, cursor, endpoint, ask) {
    const { mark, taken } = (cursor ?? { mark: "*", taken: 0 }) as Cursor;
    const answer = await askWithinBudget(address(query, mark, taken, endpoint), query, ask);
    const found = objectAnswer("OpenAlex", answer.text, "results");
    const works = listAt(found, "results");
    const records = works.flatMap((work) => openAlexRecord(work as JsonObject) ?? []);
    const nextMark = textOf((found["meta"] as JsonObject | undefined)?.["next_cursor"]);
    const total = taken + works.length;
    const isLast = works.length === 0 || nextMark === undefined || total >= query.wanted;
    const isSpent = !isLast && spent(answer);
    return {
      records,
      unreadable: works.length - records.length,
      found: Number((found["meta"] as JsonObject | undefined)?.["count"] ?? records.length),
      warnings: isSpent ? [budgetText(query, `${total} of the records were had`)] : [],
      ...(isLast || isSpent ? {} : { next: { mark: nextMark, taken: total } satisfies Json }),
    } satisfies EnginePage;
  },
};

function address(query: EngineQuery, mark: string, taken: number, endpoint: string): URL {
  const { fromYear, toYear } = query;
  const years =
    fromYear === undefined && toYear === undefined ? undefined : `publication_year:${fromYear ?? ""}-${toYear ?? ""}`;
  return addressOf(endpoint, {
    search: query.text,
    filter: years,
    "per-page": Math.min(pageSize, query.wanted - taken),
    cursor: mark,
    select: wantedFields.join(","),
    mailto: query.email,
    api_key: query.apiKey,
  });
}

/** A refusal because today's money is spent says what to do. */
async function askWithinBudget(url: URL, query: EngineQuery, ask: AskEngine): Promise<EngineAnswer> {
  try {
    return await ask(url);
  } catch (error) {
    if (!(error instanceof NanobrainError) || error.code !== "E_SEARCH_BUDGET") throw error;
    const { cause } = error;
    throw nanobrainError("E_SEARCH_BUDGET", { what: budgetText(query, "it gave no records") }, { cause });
  }
}

/** Whether what is left today does not pay for another page, as the answer's headers say. */
function spent({ headers }: EngineAnswer): boolean {
  const number = (name: string): number => Number(headers[`x-ratelimit-${name}`] ?? NaN);
  const prepaid = number("prepaid-remaining-usd");
  if (prepaid > 0) return false;
  if (number("remaining-usd") < (number("cost-usd") || 0.001)) return true;
  return number("remaining") <= 0;
}

function budgetText(query: EngineQuery, effect: string): string {
  const mend =
    query.apiKey === undefined
      ? "get a free key at openalex.org and set OPENALEX_API_KEY"
      : "wait for tomorrow (UTC), or ask for a larger plan";
  return `OpenAlex's daily budget ${query.apiKey === undefined ? "without a key" : "of the key"} is used up: ${effect}; ${mend}`;
}
