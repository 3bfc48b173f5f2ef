import { nanobrainError } from "@nanobrain/engine";
import { arxivQuery } from "./arxiv-query.js";
import { authorOf } from "./author-names.js";
import { arxivIdOf, doiOf } from "./identifiers.js";
import { type FoundRecord, known } from "./literature-record.js";
import { addressOf, type EnginePage, type EngineQuery, type SearchEngine } from "./search-engine.js";
import { children, type Element, parseXml, text, textAt } from "./xml.js";

const pageSize = 100;

/** arXiv's Atom interface: one request in three seconds. */
export const arxivEngine: SearchEngine = {
  name: "arxiv",
  service: "arXiv",
  endpoint: "https://export.arxiv.org/api/query",
  intervalMs: () => 3_000,
  async page(query, cursor, endpoint, ask) {
    const start = cursor === undefined ? 0 : Number(cursor);
    const size = Math.min(pageSize, query.wanted - start);
    const url = addressOf(endpoint, {
      search_query: searchText(query),
      start,
      max_results: size,
      sortBy: "relevance",
      sortOrder: "descending",
    });
    const page = await readFeed((await ask(url)).text);
    const end = start + size;
    // An empty page is its end, whatever the feed says of the total.
    const isLast = page.entries === 0 || end >= query.wanted || end >= page.found;
    const { records, found, warnings, unreadable } = page;
    return { records, found, warnings, unreadable, ...(isLast ? {} : { next: end }) };
  },
  // It says so with a good status, too.
  isRateRefusal: (answer) => /^\s*(429:?\s*)?rate exceeded/i.test(answer),
};

function searchText(query: EngineQuery): string {
  const asked = arxivQuery(query.text);
  if (query.fromYear === undefined && query.toYear === undefined) return asked;
  return `(${asked}) AND submittedDate:[${query.fromYear ?? 1990}01010000 TO ${query.toYear ?? 3000}12312359]`;
}

export async function readFeed(
  xml: string,
): Promise<EnginePage & { readonly found: number; readonly entries: number; readonly unreadable: number }> {
  const feed = children(await parseXml(xml), "feed")[0];
  const entries = children(feed, "entry");
  const refusal = entries.find((entry) => (textAt(entry, "id") ?? "").includes("/api/errors"));
  if (feed === undefined || refusal !== undefined)
    throw nanobrainError("E_SEARCH_ANSWER", {
      service: "arXiv",
      what: textAt(refusal, "summary") ?? `it is no feed: ${xml.slice(0, 100)}`,
    });
  const records = entries.flatMap((entry) => arxivRecord(entry) ?? []);
  const found = Number(textAt(feed, "opensearch:totalResults") ?? records.length);
  return { records, found, entries: entries.length, warnings: [], unreadable: entries.length - records.length };
}

function arxivRecord(entry: Element): FoundRecord | undefined {
  const id = arxivIdOf(textAt(entry, "id"));
  const title = textAt(entry, "title");
  if (id === undefined || title === undefined) return undefined;
  const date = textAt(entry, "published")?.slice(0, 10);
  const journal = textAt(entry, "arxiv:journal_ref");
  return {
    title,
    authors: children(entry, "author").flatMap((author) => authorOf(textAt(author, "name")) ?? []),
    type: journal === undefined ? "preprint" : "article",
    keywords: [...new Set(children(entry, "category").flatMap((category) => category.attribs["term"] ?? []))],
    full_text_urls: [`https://arxiv.org/pdf/${id}`],
    venue: journal ?? "arXiv",
    open_access: true,
    arxiv_id: id,
    url: `https://arxiv.org/abs/${id}`,
    ...known({
      year: yearOf(date),
      date,
      abstract: text(children(entry, "summary")[0]),
      doi: doiOf(textAt(entry, "arxiv:doi")),
    }),
    ...(isWithdrawn(entry) ? { retracted: true } : {}),
  };
}

const yearOf = (date: string | undefined): number | undefined =>
  date !== undefined && /^\d{4}-/.test(date) ? Number(date.slice(0, 4)) : undefined;

const isWithdrawn = (entry: Element): boolean =>
  /\bthis (paper|article|submission|manuscript) (has been|is|was) withdrawn\b/i.test(
    `${textAt(entry, "arxiv:comment") ?? ""} ${textAt(entry, "summary") ?? ""}`,
  );
