import type { Json } from "@nanobrain/engine";
import { nanobrainError } from "@nanobrain/engine";
import { pubmedRecord } from "./pubmed-record.js";
import { type AskEngine, addressOf, type EnginePage, type EngineQuery, type SearchEngine } from "./search-engine.js";
import { children, elements, parseXml, text, textAt } from "./xml.js";

/** Records of one efetch: its address stays under 2,000 characters. */
const pageSize = 150;

/** What is left to fetch. Ids, not a history on the server, which forgets them: a run may go on a day later. */
type Cursor = { readonly ids: readonly string[] };

/** NCBI's E-utilities: esearch finds ids, best match first; efetch gives the records. */
export const pubmedEngine: SearchEngine = {
  name: "pubmed",
  service: "PubMed",
  endpoint: "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
  secret: "NCBI_API_KEY",
  // 3 requests a second without a key, 10 with one, and a little air.
  intervalMs: (hasKey) => (hasKey ? 110 : 350),
  page: (query, cursor, endpoint, ask) =>
    cursor === undefined ? search(query, endpoint, ask) : fetchRecords(query, cursor as Cursor, endpoint, ask),
  isRateRefusal: (answer) => /^\s*\{.{0,40}"error"\s*:\s*"API rate limit exceeded/is.test(answer),
};

const common = ({ email, apiKey }: EngineQuery): { readonly [name: string]: string | undefined } => ({
  tool: "nanobrain",
  email,
  api_key: apiKey,
});

async function search(query: EngineQuery, endpoint: string, ask: AskEngine): Promise<EnginePage> {
  const isBounded = query.fromYear !== undefined || query.toYear !== undefined;
  const url = addressOf(`${endpoint}/esearch.fcgi`, {
    db: "pubmed",
    term: query.text,
    retmode: "xml",
    retmax: query.wanted,
    sort: "relevance",
    ...(isBounded ? { datetype: "pdat", mindate: query.fromYear ?? 1800, maxdate: query.toYear ?? 3000 } : {}),
    ...common(query),
  });
  const { ids, found, warnings } = await readSearch((await ask(url)).text);
  return { records: [], found, warnings, ...(ids.length === 0 ? {} : { next: { ids } }) };
}

export async function readSearch(
  xml: string,
): Promise<{ readonly ids: readonly string[]; readonly found: number; readonly warnings: readonly string[] }> {
  const document = await parseXml(xml);
  const result = children(document, "eSearchResult")[0];
  const error = textAt(result, "ERROR") ?? textAt(document, "ERROR");
  if (result === undefined || error !== undefined)
    throw nanobrainError("E_SEARCH_ANSWER", {
      service: "PubMed",
      what: error ?? `it is no search result: ${xml.slice(0, 100)}`,
    });
  const listed = children(result, "IdList").flatMap((list) => children(list, "Id"));
  const notes = ["ErrorList", "WarningList"]
    .flatMap((list) => children(result, list).flatMap(elements))
    .filter((note) => note.name !== "OutputMessage")
    .map((note) => `${words(note.name)}: ${text(note) ?? ""}`);
  return {
    ids: listed.flatMap((id) => text(id) ?? []),
    found: Number(textAt(result, "Count") ?? 0),
    warnings: notes,
  };
}

const words = (name: string): string => name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

async function fetchRecords(query: EngineQuery, cursor: Cursor, endpoint: string, ask: AskEngine): Promise<EnginePage> {
  const ids = cursor.ids.slice(0, pageSize);
  const rest = cursor.ids.slice(pageSize);
  const url = addressOf(`${endpoint}/efetch.fcgi`, {
    db: "pubmed",
    id: ids.join(","),
    retmode: "xml",
    ...common(query),
  });
  const page = await readRecords((await ask(url)).text);
  const next: Json = { ids: rest };
  return { ...page, ...(rest.length === 0 ? {} : { next }) };
}

export async function readRecords(xml: string): Promise<EnginePage> {
  const document = await parseXml(xml);
  const set = children(document, "PubmedArticleSet")[0];
  if (set === undefined)
    throw nanobrainError("E_SEARCH_ANSWER", {
      service: "PubMed",
      what: textAt(document, "ERROR") ?? textAt(document, "eFetchResult", "ERROR") ?? "it holds no set of articles",
    });
  const articles = [...children(set, "PubmedArticle"), ...children(set, "PubmedBookArticle")];
  const records = articles.flatMap((article) => pubmedRecord(article) ?? []);
  return { records, warnings: [], unreadable: articles.length - records.length };
}
