import type { Json, JsonObject } from "@nanobrain/engine";
import { authorOf } from "./author-names.js";
import { doiOf, isWebAddress, pmcidOf, pmidOf } from "./identifiers.js";
import { at, listAt, objectAnswer, textOf } from "./json-answer.js";
import { type Author, type FoundRecord, known, type RecordType } from "./literature-record.js";
import { addressOf, type EngineQuery, type SearchEngine } from "./search-engine.js";
import { plainText } from "./xml.js";

const pageSize = 100;

/** Europe PMC's REST service, with cursors. */
export const europePmcEngine: SearchEngine = {
  name: "europe_pmc",
  service: "Europe PMC",
  endpoint: "https://www.ebi.ac.uk/europepmc/webservices/rest/search",
  intervalMs: () => 200,
  async page(query, cursor, endpoint, ask) {
    const { mark, taken } = (cursor ?? { mark: "*", taken: 0 }) as { readonly mark: string; readonly taken: number };
    const url = addressOf(endpoint, {
      query: searchText(query),
      resultType: "core",
      format: "json",
      pageSize: Math.min(pageSize, query.wanted - taken),
      cursorMark: mark,
      email: query.email,
    });
    const answer = objectAnswer("Europe PMC", (await ask(url)).text, "resultList");
    const found = listAt(answer, "resultList", "result");
    const read = await Promise.all(found.map((result) => europePmcRecord(result as JsonObject)));
    const records = read.flatMap((record) => record ?? []);
    const nextMark = textOf(answer["nextCursorMark"]);
    const total = taken + found.length;
    // The last page gives its own mark again.
    const isLast = found.length === 0 || nextMark === undefined || nextMark === mark || total >= query.wanted;
    return {
      records,
      warnings: [],
      unreadable: found.length - records.length,
      found: Number(answer["hitCount"] ?? records.length),
      ...(isLast ? {} : { next: { mark: nextMark, taken: total } }),
    };
  },
};

function searchText({ text, fromYear, toYear }: EngineQuery): string {
  if (fromYear === undefined && toYear === undefined) return text;
  return `(${text}) AND (PUB_YEAR:[${fromYear ?? 1500} TO ${toYear ?? 3000}])`;
}

/** Exported for records of recordings. */
export async function europePmcRecord(result: JsonObject): Promise<FoundRecord | undefined> {
  const title = await plainText(textOf(result["title"]));
  if (title === undefined) return undefined;
  const journal = at(result, "journalInfo");
  const pmid = pmidOf(textOf(result["pmid"]));
  const pmcid = pmcidOf(textOf(result["pmcid"]));
  const urls = listAt(result, "fullTextUrlList", "fullTextUrl").flatMap((each) => textOf(at(each, "url")) ?? []);
  const year = Number(result["pubYear"] ?? NaN);
  return {
    title,
    authors: listAt(result, "authorList", "author").flatMap((author) => europePmcAuthor(author) ?? []),
    type: typeOf(result),
    keywords: keywordsOf(result),
    full_text_urls: [...new Set(urls.filter(isWebAddress))],
    ...known({
      year: Number.isInteger(year) ? year : undefined,
      date: textOf(result["firstPublicationDate"]) ?? textOf(result["pubYear"]),
      venue: textOf(at(journal, "journal", "title")) ?? textOf(at(result, "bookOrReportDetails", "publisher")),
      volume: textOf(at(journal, "volume")),
      issue: textOf(at(journal, "issue")),
      pages: textOf(result["pageInfo"]),
      abstract: await plainText(textOf(result["abstractText"])),
      doi: doiOf(textOf(result["doi"])),
      pmid,
      pmcid,
      license: textOf(result["license"]),
      citations: typeof result["citedByCount"] === "number" ? result["citedByCount"] : undefined,
      open_access: typeof result["isOpenAccess"] === "string" ? result["isOpenAccess"] === "Y" : undefined,
      retracted: isRetracted(result) ? true : undefined,
    }),
    url: `https://europepmc.org/article/${textOf(result["source"]) ?? "MED"}/${encodeURIComponent(textOf(result["id"]) ?? pmid ?? "")}`,
  };
}

function europePmcAuthor(author: Json): Author | undefined {
  const collective = textOf(at(author, "collectiveName"));
  if (collective !== undefined) return { collective };
  const family = textOf(at(author, "lastName"));
  const given = textOf(at(author, "firstName")) ?? textOf(at(author, "initials"));
  if (family === undefined) return authorOf(textOf(at(author, "fullName")));
  return given === undefined ? { family } : { family, given };
}

const publicationTypes = (result: JsonObject): readonly string[] =>
  listAt(result, "pubTypeList", "pubType").flatMap((type) => textOf(type)?.toLowerCase() ?? []);

function isRetracted(result: JsonObject): boolean {
  const corrections = listAt(result, "commentCorrectionList", "commentCorrection");
  return (
    publicationTypes(result).includes("retracted publication") ||
    corrections.some((each) => textOf(at(each, "type"))?.toLowerCase() === "retraction in")
  );
}

function typeOf(result: JsonObject): RecordType {
  const said = publicationTypes(result);
  const has = (word: string): boolean => said.some((type) => type.includes(word));
  if (result["source"] === "PPR" || has("preprint")) return "preprint";
  if (has("retraction of publication")) return "retraction";
  if (has("erratum")) return "erratum";
  if (has("editorial") || has("comment") || has("news")) return "editorial";
  if (has("letter")) return "letter";
  if (has("review") || has("meta-analysis")) return "review";
  if (has("book")) return "book";
  if (has("thesis")) return "thesis";
  return has("article") || said.length === 0 ? "article" : "other";
}

function keywordsOf(result: JsonObject): readonly string[] {
  const own = listAt(result, "keywordList", "keyword").flatMap((word) => textOf(word) ?? []);
  const headings = listAt(result, "meshHeadingList", "meshHeading").flatMap(
    (heading) => textOf(at(heading, "descriptorName")) ?? [],
  );
  return [...new Set([...headings, ...own])];
}
