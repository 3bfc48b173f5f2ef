import { arxivIdOf, doiOf, pmcidOf, pmidOf } from "./identifiers.js";
import { type Author, type FoundRecord, known, type RecordType } from "./literature-record.js";
import { pubmedDate } from "./pubmed-date.js";
import { children, type Element, first, text, textAt } from "./xml.js";

/** Kinds of publication by how much they say of a record: the first that is listed counts. */
const types: readonly (readonly [string, RecordType])[] = [
  ["Retraction of Publication", "retraction"],
  ["Published Erratum", "erratum"],
  ["Editorial", "editorial"],
  ["News", "editorial"],
  ["Comment", "editorial"],
  ["Letter", "letter"],
  ["Preprint", "preprint"],
  ["Systematic Review", "review"],
  ["Meta-Analysis", "review"],
  ["Review", "review"],
  ["Dataset", "dataset"],
  ["Academic Dissertation", "thesis"],
  ["Congress", "conference"],
  ["Journal Article", "article"],
  ["Clinical Trial", "article"],
  ["Case Reports", "article"],
];

/** Of a `PubmedArticle` or `PubmedBookArticle`. Undefined: it has no id or no title. */
export function pubmedRecord(article: Element): FoundRecord | undefined {
  const book = first(article, "BookDocument");
  const citation = book ?? first(article, "MedlineCitation");
  const body = book ?? first(citation, "Article");
  const pmid = pmidOf(textAt(citation, "PMID"));
  const title = textAt(body, "ArticleTitle") ?? textAt(book, "Book", "BookTitle") ?? textAt(body, "VernacularTitle");
  if (pmid === undefined || title === undefined) return undefined;
  const ids = identifiers(article, body);
  const published = pubmedDate(article);
  const type = typeOf(body, book !== undefined);
  return {
    // A translated title stands in brackets, and most have a full stop.
    title: title.replace(/^\[(.*)\]\.?$/, "$1").replace(/\.$/, ""),
    authors: authorsOf(body),
    type,
    keywords: keywordsOf(citation),
    full_text_urls: ids.pmcid === undefined ? [] : [`https://pmc.ncbi.nlm.nih.gov/articles/${ids.pmcid}/`],
    ...known({ ...venueOf(body, book), abstract: abstractOf(body), ...published }),
    ...ids,
    pmid,
    url: `https://pubmed.ncbi.nlm.nih.gov/${pmid}/`,
    ...(isRetracted(citation, body) ? { retracted: true } : {}),
  };
}

function venueOf(body: Element | undefined, book: Element | undefined): { readonly [key: string]: string | undefined } {
  const issue = first(body, "Journal", "JournalIssue");
  return {
    venue: textAt(body, "Journal", "Title") ?? textAt(book, "Book", "Publisher", "PublisherName"),
    volume: textAt(issue, "Volume"),
    issue: textAt(issue, "Issue"),
    pages: textAt(body, "Pagination", "MedlinePgn") ?? textAt(body, "Pagination", "StartPage"),
  };
}

/** The parts of a structured abstract, each on a line of its own after its label. */
function abstractOf(body: Element | undefined): string | undefined {
  const parts = children(first(body, "Abstract"), "AbstractText").flatMap((part) => {
    const said = text(part);
    const label = part.attribs["Label"];
    return said === undefined ? [] : [label === undefined || label === "UNLABELLED" ? said : `${label}: ${said}`];
  });
  return parts.length === 0 ? undefined : parts.join("\n");
}

function authorsOf(body: Element | undefined): readonly Author[] {
  const list = children(body, "AuthorList").find((each) => each.attribs["Type"] !== "editors");
  const named = children(list, "Author").flatMap((author): readonly Author[] => {
    const collective = textAt(author, "CollectiveName");
    if (collective !== undefined) return [{ collective }];
    const family = textAt(author, "LastName");
    const given = textAt(author, "ForeName") ?? textAt(author, "Initials");
    if (family === undefined) return [];
    return [given === undefined ? { family } : { family, given }];
  });
  return list?.attribs["CompleteYN"] === "N" && named.length > 0 ? [...named, { collective: "et al." }] : named;
}

/** Only the article's own: the lists of its references are elsewhere. */
function identifiers(article: Element, body: Element | undefined): Pick<FoundRecord, "doi" | "pmcid" | "arxiv_id"> {
  const data = first(article, "PubmedData") ?? first(article, "PubmedBookData");
  const lists = [...children(data, "ArticleIdList"), ...children(body, "ArticleIdList")];
  const listed = lists.flatMap((list) => children(list, "ArticleId"));
  const of = (kind: string): string | undefined => text(listed.find((id) => id.attribs["IdType"] === kind));
  const located = children(body, "ELocationID").find((id) => id.attribs["EIdType"] === "doi");
  const doi = doiOf(of("doi") ?? text(located));
  return known({ doi, pmcid: pmcidOf(of("pmc")), arxiv_id: arxivIdOf(doi) });
}

function typeOf(body: Element | undefined, isBook: boolean): RecordType {
  const listed = [
    ...children(first(body, "PublicationTypeList"), "PublicationType"),
    ...children(body, "PublicationType"),
  ];
  const said = new Set(listed.flatMap((each) => text(each) ?? []));
  return types.find(([name]) => said.has(name))?.[1] ?? (isBook ? "book" : "other");
}

function keywordsOf(citation: Element | undefined): readonly string[] {
  const headings = children(first(citation, "MeshHeadingList"), "MeshHeading");
  const own = children(citation, "KeywordList").flatMap((list) => children(list, "Keyword"));
  const all = [...headings.map((heading) => textAt(heading, "DescriptorName")), ...own.map((word) => text(word))];
  return [...new Set(all.flatMap((word) => word ?? []))];
}

function isRetracted(citation: Element | undefined, body: Element | undefined): boolean {
  const corrections = children(first(citation, "CommentsCorrectionsList"), "CommentsCorrections");
  const kinds = children(first(body, "PublicationTypeList"), "PublicationType").map((each) => text(each));
  return (
    kinds.includes("Retracted Publication") ||
    corrections.some((correction) => correction.attribs["RefType"] === "RetractionIn")
  );
}
