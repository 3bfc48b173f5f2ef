import type { FoundRecord, Quality, RecordType } from "./literature-record.js";

/** What each part weighs. Parts that nobody can know of a record are left out, and the others weigh more. */
export const qualityWeights = {
  abstract: 0.25,
  publication: 0.2,
  citations: 0.2,
  identifiers: 0.15,
  recency: 0.1,
  completeness: 0.1,
} as const;

const publication: { readonly [T in RecordType]: number } = {
  article: 1,
  review: 1,
  conference: 0.9,
  book: 0.8,
  thesis: 0.7,
  preprint: 0.6,
  dataset: 0.5,
  letter: 0.4,
  editorial: 0.4,
  other: 0.4,
  erratum: 0.1,
  retraction: 0,
};

/** Characters from which an abstract counts as a whole one. */
const wholeAbstract = 200;
/** Citations a year from which more do not count. */
const manyCitations = 50;

/**
 * 0 to 1: the weighted mean of the parts, each 0 to 1. 0 if the work is retracted, or is the notice of a retraction.
 * `thisYear`: what ages are counted from.
 */
export function qualityOf(record: FoundRecord, thisYear: number): Quality {
  const age = record.year === undefined ? undefined : Math.max(0, thisYear - record.year);
  const parts: { [part in keyof typeof qualityWeights]?: number } = {
    abstract: Math.min(1, (record.abstract?.length ?? 0) / wholeAbstract),
    publication: publication[record.type],
    identifiers: identified(record),
    recency: recency(age),
    completeness: completeness(record),
    ...(record.citations === undefined ? {} : { citations: cited(record.citations, age ?? 0) }),
  };
  let sum = 0;
  let weights = 0;
  for (const [part, value] of Object.entries(parts)) {
    const weight = qualityWeights[part as keyof typeof qualityWeights];
    sum += weight * value;
    weights += weight;
  }
  const isWithdrawn = record.retracted === true || record.type === "retraction";
  const rounded = Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, round(value)]));
  return {
    score: isWithdrawn ? 0 : round(sum / weights),
    parts: { ...rounded, ...(isWithdrawn ? { retraction: 0 } : {}) },
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

function identified({ doi, pmid, pmcid, arxiv_id }: FoundRecord): number {
  if (pmid !== undefined || (doi !== undefined && !doi.startsWith("10.48550/"))) return 1;
  return arxiv_id !== undefined || pmcid !== undefined || doi !== undefined ? 0.7 : 0;
}

/** On a logarithmic scale: 0 citations a year are 0, 50 or more are 1. */
function cited(citations: number, age: number): number {
  return Math.min(1, Math.log1p(Math.max(0, citations) / (age + 1)) / Math.log1p(manyCitations));
}

/** 1 up to 5 years, 0.3 from 30 years on, a straight line between. */
function recency(age: number | undefined): number {
  if (age === undefined) return 0;
  return age <= 5 ? 1 : Math.max(0.3, 1 - (0.7 * (age - 5)) / 25);
}

function completeness(record: FoundRecord): number {
  const there = [
    record.authors.length > 0,
    record.year !== undefined,
    record.venue !== undefined,
    record.url !== undefined,
  ];
  return there.filter(Boolean).length / there.length;
}
