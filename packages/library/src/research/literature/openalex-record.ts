import type { Json, JsonObject } from "@nanobrain/engine";
import { authorOf } from "./author-names.js";
import { arxivIdOf, doiOf, isWebAddress, pmcidOf, pmidOf } from "./identifiers.js";
import { at, listAt, textOf } from "./json-answer.js";
import { type FoundRecord, known, type RecordType } from "./literature-record.js";

const types: { readonly [type: string]: RecordType } = {
  article: "article",
  review: "review",
  preprint: "preprint",
  "book-chapter": "book",
  book: "book",
  "reference-entry": "book",
  dissertation: "thesis",
  dataset: "dataset",
  editorial: "editorial",
  letter: "letter",
  erratum: "erratum",
  retraction: "retraction",
};

/** Of a work of OpenAlex. Undefined: it has no title. */
export function openAlexRecord(work: JsonObject): FoundRecord | undefined {
  const title = textOf(work["title"]) ?? textOf(work["display_name"]);
  if (title === undefined) return undefined;
  const place = at(work, "primary_location");
  const doi = doiOf(textOf(work["doi"]));
  const year = work["publication_year"];
  return {
    title: title.replace(/<[^<>]*>/g, ""),
    authors: listAt(work, "authorships").flatMap(
      (each) => authorOf(textOf(at(each, "author", "display_name")) ?? textOf(at(each, "raw_author_name"))) ?? [],
    ),
    type: typeOf(work),
    keywords: listAt(work, "keywords").flatMap((each) => textOf(at(each, "display_name")) ?? []),
    full_text_urls: fullTexts(work),
    ...known({
      year: typeof year === "number" ? year : undefined,
      date: textOf(work["publication_date"]),
      venue: textOf(at(place, "source", "display_name")),
      volume: textOf(at(work, "biblio", "volume")),
      issue: textOf(at(work, "biblio", "issue")),
      pages: pagesOf(work),
      abstract: abstractOf(at(work, "abstract_inverted_index")),
      doi,
      pmid: pmidOf(textOf(at(work, "ids", "pmid"))),
      pmcid: pmcidOf(textOf(at(work, "ids", "pmcid"))),
      arxiv_id: arxivIdOf(doi) ?? arxivOf(work),
      license: textOf(at(place, "license")),
      citations: typeof work["cited_by_count"] === "number" ? work["cited_by_count"] : undefined,
      open_access:
        typeof at(work, "open_access", "is_oa") === "boolean" ? at(work, "open_access", "is_oa") === true : undefined,
      retracted: work["is_retracted"] === true ? true : undefined,
      url: textOf(at(place, "landing_page_url")) ?? (doi === undefined ? textOf(work["id"]) : `https://doi.org/${doi}`),
    }),
  };
}

function typeOf(work: JsonObject): RecordType {
  if (at(work, "primary_location", "source", "type") === "conference") return "conference";
  return types[textOf(work["type"]) ?? ""] ?? "other";
}

/** A copy at arXiv. */
function arxivOf(work: JsonObject): string | undefined {
  for (const location of listAt(work, "locations")) {
    const id = arxivIdOf(textOf(at(location, "landing_page_url")));
    if (id !== undefined) return id;
  }
  return undefined;
}

function fullTexts(work: JsonObject): readonly string[] {
  const open = listAt(work, "locations").filter((location) => at(location, "is_oa") === true);
  const urls = [
    textOf(at(work, "open_access", "oa_url")),
    ...open.flatMap((location) => [textOf(at(location, "landing_page_url")), textOf(at(location, "pdf_url"))]),
  ];
  return [...new Set(urls.filter(isWebAddress))];
}

function pagesOf(work: JsonObject): string | undefined {
  const [from, to] = [textOf(at(work, "biblio", "first_page")), textOf(at(work, "biblio", "last_page"))];
  return from === undefined || to === undefined || from === to ? from : `${from}-${to}`;
}

const longestAbstract = 20_000;

/** `{ "Proteins": [0], "fold": [1] }` -> `Proteins fold`. */
export function abstractOf(index: Json | undefined): string | undefined {
  if (typeof index !== "object" || index === null || Array.isArray(index)) return undefined;
  const words: string[] = [];
  for (const [word, places] of Object.entries(index as JsonObject))
    for (const place of Array.isArray(places) ? (places as readonly Json[]) : [])
      if (typeof place === "number" && Number.isInteger(place) && place >= 0 && place < longestAbstract)
        words[place] = word;
  const text = words
    .filter((word) => word !== undefined)
    .join(" ")
    .trim();
  return text === "" ? undefined : text;
}
