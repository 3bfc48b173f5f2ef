import type { EngineName, FoundRecord, LiteratureRecord, RankedRecord } from "./literature-record.js";
import { qualityOf } from "./quality-score.js";
import { sameWorks } from "./same-works.js";
import { titleWords } from "./title-words.js";

/** Whose word counts first. */
const trust: readonly EngineName[] = ["pubmed", "europe_pmc", "openalex", "arxiv"];
const mostKeywords = 50;

/** One record for each work, in the order in which the engines found them; which engine answered first makes no difference. */
export function mergeRecords(records: readonly RankedRecord[], thisYear: number): readonly LiteratureRecord[] {
  const ordered = [...records].sort(
    (a, b) => a.rank - b.rank || trustOf(a) - trustOf(b) || compare(keyText(a), keyText(b)),
  );
  const merged = sameWorks(ordered).map((group) => merge(group, thisYear));
  const taken = new Map<string, number>();
  return merged.map((record) => {
    const count = (taken.get(record.id) ?? 0) + 1;
    taken.set(record.id, count);
    return count === 1 ? record : { ...record, id: `${record.id}#${count}` };
  });
}

const trustOf = ({ engine }: RankedRecord): number => trust.indexOf(engine);

const keyText = (record: RankedRecord): string => record.doi ?? record.pmid ?? record.arxiv_id ?? record.title;

export const compare = (one: string, two: string): number => (one < two ? -1 : one > two ? 1 : 0);

function merge(group: readonly RankedRecord[], thisYear: number): LiteratureRecord {
  // What was published comes before its preprint, then whose word counts.
  const ordered = [...group].sort(
    (a, b) => preliminary(a) - preliminary(b) || trustOf(a) - trustOf(b) || a.rank - b.rank,
  );
  const fields: { [key: string]: unknown } = {};
  for (const record of ordered)
    for (const [key, value] of Object.entries(record)) if (isKnown(value) && !isKnown(fields[key])) fields[key] = value;
  const { engine: _engine, rank: _rank, query: _query, ...first } = fields as RankedRecord;
  const citations = group.flatMap((record) => record.citations ?? []);
  const record: FoundRecord = {
    ...first,
    authors: first.authors ?? [],
    full_text_urls: union(ordered, "full_text_urls"),
    keywords: union(ordered, "keywords").slice(0, mostKeywords),
    ...(citations.length === 0 ? {} : { citations: Math.max(...citations) }),
    ...(group.some((each) => each.open_access === true) ? { open_access: true } : {}),
    ...(group.some((each) => each.retracted === true) ? { retracted: true } : {}),
  };
  return {
    id: idOf(record),
    ...record,
    sources: trust.filter((name) => group.some((each) => each.engine === name)),
    rank: Math.min(...group.map((each) => each.rank)),
    queries: [...new Set(group.map((each) => each.query))].sort(compare),
    quality: qualityOf(record, thisYear),
  };
}

const preliminary = ({ type }: RankedRecord): number => (type === "preprint" || type === "other" ? 1 : 0);

const isKnown = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);

function union(group: readonly RankedRecord[], key: "full_text_urls" | "keywords"): readonly string[] {
  return [...new Set(group.flatMap((record) => record[key]))];
}

function idOf({ doi, pmid, pmcid, arxiv_id, title, year }: FoundRecord): string {
  if (doi !== undefined && !doi.startsWith("10.48550/")) return `doi:${doi}`;
  if (pmid !== undefined) return `pmid:${pmid}`;
  if (pmcid !== undefined) return `pmcid:${pmcid}`;
  if (arxiv_id !== undefined) return `arxiv:${arxiv_id}`;
  return `title:${titleWords(title).slice(0, 8).join("-")}${year === undefined ? "" : `-${year}`}`;
}
