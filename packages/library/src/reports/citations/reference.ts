import type { Json, JsonObject } from "@nanobrain/engine";
import { isObject, textOf } from "../json-parts.js";
import { safeLink } from "../tree/safe-link.js";
import { authorName } from "./author-name.js";

/** A publication, as records of searches and BibTeX files say it. */
export type Reference = {
  readonly key: string;
  readonly type: ReferenceType;
  readonly title: string;
  /** `Family, Given`, or a group's name. */
  readonly authors: readonly string[];
  readonly year: number | null;
  readonly venue: string;
  readonly volume: string;
  readonly issue: string;
  readonly pages: string;
  readonly publisher: string;
  readonly doi: string;
  readonly pmid: string;
  readonly arxiv: string;
  readonly url: string;
};

export type ReferenceType = "article" | "inproceedings" | "book" | "misc";

const longest = 600;
const mostAuthors = 200;

/** The publication that an object describes; undefined: it has no title. */
export function referenceOf(value: Json | undefined): Reference | undefined {
  if (!isObject(value)) return undefined;
  const title = short(value, "title");
  if (title === "") return undefined;
  const doi = doiOf(short(value, "doi", "DOI"));
  const arxiv = short(value, "arxiv", "arxiv_id").replace(/^arxiv:/i, "");
  const pmid = /^\d{1,9}$/.exec(short(value, "pmid", "PMID"))?.[0] ?? "";
  const venue = short(value, "venue", "journal", "booktitle", "container_title", "source_title");
  return {
    key: short(value, "key").replace(/[^\p{L}\p{N}_:.+/-]/gu, ""),
    type: typeOf(short(value, "type"), venue),
    title,
    authors: authorsOf(value["authors"] ?? value["author"]),
    year: yearOf(value),
    venue,
    volume: short(value, "volume"),
    issue: short(value, "issue", "number"),
    pages: short(value, "pages", "page"),
    publisher: short(value, "publisher"),
    doi,
    pmid,
    arxiv,
    url: linkOf(short(value, "url", "link"), doi, pmid, arxiv),
  };
}

function short(value: JsonObject, ...fields: readonly string[]): string {
  for (const field of fields) {
    const text = textOf(value[field]);
    if (text !== undefined) return text.replace(/\s+/g, " ").slice(0, longest);
  }
  return "";
}

function doiOf(text: string): string {
  return /10\.\d{4,9}\/\S+/.exec(text)?.[0].replace(/[.,;]$/, "") ?? "";
}

function typeOf(said: string, venue: string): ReferenceType {
  if (/book/i.test(said) && !/booktitle|chapter/i.test(said)) return "book";
  if (/proceeding|conference/i.test(said)) return "inproceedings";
  if (/article|journal|review/i.test(said)) return "article";
  return venue === "" || /^arxiv/i.test(venue) ? "misc" : "article";
}

function yearOf(value: JsonObject): number | null {
  for (const field of ["year", "publication_year", "published", "publication_date", "date"]) {
    const found = /\b(1[5-9]\d\d|20\d\d|21\d\d)\b/.exec(String(value[field] ?? ""));
    if (found !== null) return Number(found[0]);
  }
  return null;
}

function authorsOf(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value)
    ? (value as readonly Json[])
    : typeof value === "string"
      ? value.split(/\s*;\s*|\s+and\s+/)
      : [];
  return list.slice(0, mostAuthors).flatMap((one) => authorName(one) ?? []);
}

function linkOf(url: string, doi: string, pmid: string, arxiv: string): string {
  if (doi !== "") return safeLink(`https://doi.org/${encodeURI(doi)}`) ?? "";
  if (pmid !== "") return `https://pubmed.ncbi.nlm.nih.gov/${pmid}/`;
  if (arxiv !== "") return safeLink(`https://arxiv.org/abs/${encodeURI(arxiv)}`) ?? "";
  return safeLink(url) ?? "";
}
