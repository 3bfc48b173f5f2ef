import type { Json, JsonObject, StepContext } from "@nanobrain/engine";

/** Most sources of a kind: the best records come first. */
const mostOfKind = 20;

const fullTextService = "https://www.ebi.ac.uk/europepmc/webservices/rest";

/** What is taken of an article in JATS, the XML of the journals' archive. */
const articleParts: JsonObject = {
  license: "license",
  keywords: { select: "kwd", all: true },
  sections: { select: "body > sec > title", all: true },
  text: "body",
};

/**
 * From the records that LiteratureSearchStep found to the `input_sources` of DataCollectionStep: the records themselves, how they were
 * found, and by kind what more there is to fetch of them. `api`: the full text of open-access articles in PubMed Central, from Europe PMC.
 * `web_scraping`: pages of other open-access works; no PDF, and none of arXiv, which has said all there is on them. At most 20 of a
 * kind, in the order of the records. Takes `search_results` or a map that has them under `search_results` or `records`.
 */
export function extractDataSources(value: Json, _context: StepContext): Json {
  const records = recordsIn(value);
  const api = records.flatMap((record) => fullText(record) ?? []);
  const pages = records.flatMap((record) => (fullText(record) === undefined ? (openPage(record) ?? []) : []));
  return {
    records,
    search: searchOf(records),
    api: api.slice(0, mostOfKind),
    web_scraping: pages.slice(0, mostOfKind),
    database: [],
  };
}

/** How the records were found, for the methods of a report. */
function searchOf(records: readonly JsonObject[]): JsonObject {
  const engines = new Map<string, number>();
  for (const record of records)
    for (const name of textsOf(record["sources"])) engines.set(name, (engines.get(name) ?? 0) + 1);
  return {
    records: records.length,
    queries: [...new Set(records.flatMap((record) => textsOf(record["queries"])))],
    engines: [...engines].map(([name, count]) => ({ name, records: count })),
  };
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === "string") : [];
}

function recordsIn(value: Json): readonly JsonObject[] {
  if (isMap(value)) return recordsIn(value["search_results"] ?? value["records"] ?? []);
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function isMap(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fullText(record: JsonObject): JsonObject | undefined {
  const { id, pmcid, open_access } = record;
  if (open_access !== true || typeof id !== "string" || typeof pmcid !== "string" || !/^PMC\d+$/.test(pmcid))
    return undefined;
  return {
    id: `full_text:${id}`,
    record: id,
    as: "full_text",
    url: `${fullTextService}/${pmcid}/fullTextXML`,
    parse: "xml",
    select: articleParts,
  };
}

function openPage(record: JsonObject): JsonObject | undefined {
  const { id, open_access, full_text_urls } = record;
  if (open_access !== true || typeof id !== "string" || !Array.isArray(full_text_urls)) return undefined;
  const url = (full_text_urls as readonly Json[]).find(isPage);
  return url === undefined ? undefined : { id: `page:${id}`, record: id, as: "page", url, parse: "html" };
}

/** Places that only lead on to others, or say what the search has said already. */
const notPages = /^(?:[\w-]+\.)*(?:doi\.org|arxiv\.org|ncbi\.nlm\.nih\.gov|europepmc\.org|openalex\.org)$/;

function isPage(address: Json): boolean {
  if (typeof address !== "string" || !URL.canParse(address)) return false;
  const { protocol, hostname, pathname } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") return false;
  return !notPages.test(hostname) && !/\.(pdf|docx?|zip|gz|epub)$|\/pdf\//i.test(pathname);
}
