import type { Json, JsonObject } from "@nanobrain/engine";
import { type Element, elementsBelow, isElement, lineOf, type Markup, type MarkupNode, textOf } from "./markup.js";

const most = { tags: 200, tagCharacters: 5_000, tables: 20, rows: 1_000, linked: 20, text: 200_000 };
/** What is around the text of a page, and not it. */
const around = new Set("script style noscript template svg head nav header footer aside form button iframe".split(" "));

/** What a page says of itself and in its main part. What it does not have is left out. */
export function pageParts(page: Markup, url: string): JsonObject {
  const elements = [...elementsBelow(page)];
  const named = (name: string): readonly Element[] => elements.filter((element) => element.name === name);
  const tags = metaTags(named("meta"));
  const citation = citationOf(tags);
  const heading = named("title")[0] ?? named("h1")[0];
  const title =
    first(tags, "citation_title") ?? first(tags, "og:title") ?? (heading === undefined ? undefined : lineOf(heading));
  const language = named("html")[0]?.attribs["lang"];
  const tables = named("table")
    .slice(0, most.tables)
    .map(tableOf)
    .filter(({ rows }) => rows.length > 0);
  const linked = linkedData(named("script"));
  return known({
    url,
    title,
    description: first(tags, "description") ?? first(tags, "og:description"),
    language,
    citation: Object.keys(citation).length === 0 ? undefined : citation,
    metadata:
      tags.size === 0
        ? undefined
        : Object.fromEntries([...tags].map(([name, texts]) => [name, texts.length === 1 ? (texts[0] ?? "") : texts])),
    json_ld: linked.length === 0 ? undefined : linked,
    tables: tables.length === 0 ? undefined : tables,
    text: mainText(page, elements),
  });
}

function known(fields: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""),
  ) as JsonObject;
}

type Tags = ReadonlyMap<string, readonly string[]>;

function metaTags(elements: readonly Element[]): Tags {
  const tags = new Map<string, string[]>();
  for (const { attribs } of elements) {
    const name = (attribs["name"] ?? attribs["property"] ?? "").trim();
    const content = (attribs["content"] ?? "").replace(/\s+/g, " ").trim().slice(0, most.tagCharacters);
    if (name === "" || content === "" || (tags.size >= most.tags && !tags.has(name))) continue;
    tags.set(name, [...(tags.get(name) ?? []).slice(0, most.tags), content]);
  }
  return tags;
}

const first = (tags: Tags, name: string): string | undefined => tags.get(name)?.[0];

/** `citation_...` and `dc....` tags, as publishers put them in for search engines. */
function citationOf(tags: Tags): JsonObject {
  const one = (...names: readonly string[]): string | undefined =>
    names.map((name) => first(tags, name)).find((text) => text !== undefined);
  const authors = tags.get("citation_author") ?? tags.get("dc.creator") ?? tags.get("DC.creator");
  const keywords = tags.get("citation_keywords");
  return known({
    title: one("citation_title", "dc.title", "DC.title"),
    authors,
    doi: one("citation_doi")
      ?.replace(/^(doi:|https?:\/\/(dx\.)?doi\.org\/)/i, "")
      .toLowerCase(),
    pmid: one("citation_pmid"),
    journal: one("citation_journal_title", "citation_conference_title", "citation_conference"),
    date: one("citation_publication_date", "citation_date", "citation_online_date", "dc.date", "DC.date")?.replaceAll(
      "/",
      "-",
    ),
    volume: one("citation_volume"),
    issue: one("citation_issue"),
    first_page: one("citation_firstpage"),
    last_page: one("citation_lastpage"),
    publisher: one("citation_publisher"),
    pdf_url: one("citation_pdf_url"),
    keywords,
    abstract: one("citation_abstract"),
  });
}

function linkedData(scripts: readonly Element[]): readonly Json[] {
  return scripts
    .filter(({ attribs }) => (attribs["type"] ?? "").trim().toLowerCase() === "application/ld+json")
    .slice(0, most.linked)
    .flatMap((script) => {
      const [node] = script.children;
      try {
        return node?.type === "text" ? [JSON.parse(node.data) as Json] : [];
      } catch {
        return [];
      }
    });
}

type Table = { readonly caption?: string; readonly rows: readonly JsonObject[] };

/** Rows by the names of the first row that has header cells, or of the first row. Cells over several columns count once. */
function tableOf(table: Element): Table {
  const rows: (readonly Element[])[] = [];
  let caption: string | undefined;
  for (const element of elementsBelow(table)) {
    if (tableAround(element) !== table) continue;
    if (element.name === "caption") caption = lineOf(element);
    if (element.name === "tr" && rows.length <= most.rows) rows.push(element.children.filter(isCell));
  }
  const headed = Math.max(
    0,
    rows.findIndex((cells) => cells.some(({ name }) => name === "th")),
  );
  const names = uniqueNames((rows[headed] ?? []).map(lineOf));
  const filled = rows.slice(headed + 1).filter((cells) => cells.length > 0);
  return {
    ...(caption === undefined || caption === "" ? {} : { caption }),
    rows: filled.map((cells) =>
      Object.fromEntries(cells.map((cell, at) => [names[at] ?? `column_${at + 1}`, lineOf(cell)])),
    ),
  };
}

const isCell = (node: MarkupNode): node is Element => isElement(node) && (node.name === "td" || node.name === "th");

function tableAround(element: Element): unknown {
  let above = element.parent;
  for (let climbed = 0; above !== null && climbed < 16; climbed++) {
    if (isElement(above as Element) && (above as Element).name === "table") return above;
    above = above.parent;
  }
  return undefined;
}

function uniqueNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((given, at) => {
    const name = given === "" || used.has(given) || given === "__proto__" ? `column_${at + 1}` : given;
    used.add(name);
    return name;
  });
}

/** The longest of what is marked as the main part; else the whole body. Navigation, headers and forms are left out. */
function mainText(page: Markup, elements: readonly Element[]): string {
  const marked = elements.filter(
    ({ name, attribs }) => name === "article" || name === "main" || attribs["role"] === "main",
  );
  const texts = marked.slice(0, 20).map((element) => textOf(element, around, most.text));
  const longest = texts.reduce((best, text) => (text.length > best.length ? text : best), "");
  return longest === "" ? textOf(page, around, most.text) : longest;
}
