import type { RankedRecord } from "./literature-record.js";
import { likeness, titleWords } from "./title-words.js";

/** Records of one work, as several engines and queries know it. */
type Work = {
  readonly records: RankedRecord[];
  readonly words: ReadonlySet<string>;
};

const nearTitle = 0.9;
const fewestWords = 4;

/**
 * Records of the same work together, in the order of their first: those that share a DOI, PubMed, PMC or arXiv id, and those
 * whose titles share nine words of ten, that are at most a year apart (two, if one is a preprint), whose first authors are the same
 * as far as known, and whose identifiers do not speak against it.
 */
export function sameWorks(records: readonly RankedRecord[]): readonly (readonly RankedRecord[])[] {
  return byTitle(byIdentifier(records));
}

function byIdentifier(records: readonly RankedRecord[]): readonly Work[] {
  const parent = records.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parent[root] !== root) root = parent[root] ?? root;
    parent[at] = root;
    return root;
  };
  const holders = new Map<string, number>();
  for (const [at, record] of records.entries())
    for (const key of keysOf(record)) {
      const holder = holders.get(key);
      if (holder === undefined) holders.set(key, at);
      else {
        const [one, two] = [rootOf(holder), rootOf(at)];
        parent[Math.max(one, two)] = Math.min(one, two);
      }
    }
  const works = new Map<number, RankedRecord[]>();
  for (const [at, record] of records.entries()) {
    const root = rootOf(at);
    works.set(root, [...(works.get(root) ?? []), record]);
  }
  return [...works.values()].map((group) => ({ records: group, words: new Set(titleWords(group[0]?.title ?? "")) }));
}

function keysOf({ doi, pmid, pmcid, arxiv_id }: RankedRecord): readonly string[] {
  return [
    ...(doi === undefined ? [] : [`doi ${doi}`]),
    ...(pmid === undefined ? [] : [`pmid ${pmid}`]),
    ...(pmcid === undefined ? [] : [`pmcid ${pmcid}`]),
    ...(arxiv_id === undefined ? [] : [`arxiv ${arxiv_id}`]),
  ];
}

function byTitle(works: readonly Work[]): readonly (readonly RankedRecord[])[] {
  const kept: Work[] = [];
  const commonness = new Map<string, number>();
  for (const { words } of works) for (const word of words) commonness.set(word, (commonness.get(word) ?? 0) + 1);
  const byWord = new Map<string, Work[]>();
  for (const work of works) {
    const marks = rarest(work.words, commonness);
    const candidates = new Set(marks.flatMap((word) => byWord.get(word) ?? []));
    const same = [...candidates].find((other) => areSame(other, work));
    if (same !== undefined) {
      same.records.push(...work.records);
      continue;
    }
    kept.push(work);
    for (const word of marks) {
      const holders = byWord.get(word);
      if (holders === undefined) byWord.set(word, [work]);
      else holders.push(work);
    }
  }
  return kept.map((work) => work.records);
}

/** So many of the rarest words that two titles that are near enough have one of them in common. */
function rarest(words: ReadonlySet<string>, commonness: ReadonlyMap<string, number>): readonly string[] {
  const rarity = (word: string): number => commonness.get(word) ?? 0;
  const sorted = [...words].sort((a, b) => rarity(a) - rarity(b) || (a < b ? -1 : 1));
  return sorted.slice(0, words.size - Math.ceil(nearTitle * words.size) + 1);
}

function areSame(one: Work, two: Work): boolean {
  if (Math.min(one.words.size, two.words.size) < fewestWords || likeness(one.words, two.words) < nearTitle)
    return false;
  return one.records.every((a) => two.records.every((b) => agree(a, b)));
}

/** Nothing that is known of both speaks against their being one work. */
function agree(a: RankedRecord, b: RankedRecord): boolean {
  const hasPreprint = a.type === "preprint" || b.type === "preprint";
  if (isAside(a) !== isAside(b)) return false;
  if (differ(a.pmid, b.pmid) && !hasPreprint) return false;
  if (differ(a.doi, b.doi) && !hasPreprint) return false;
  if (differ(a.arxiv_id, b.arxiv_id)) return false;
  if (a.year !== undefined && b.year !== undefined && Math.abs(a.year - b.year) > (hasPreprint ? 2 : 1)) return false;
  return !differ(firstAuthor(a), firstAuthor(b));
}

const differ = (one: string | undefined, two: string | undefined): boolean =>
  one !== undefined && two !== undefined && one !== two;

/** What is said about a work under its title: an erratum, a comment. */
const isAside = ({ type }: RankedRecord): boolean => ["erratum", "retraction", "editorial", "letter"].includes(type);

function firstAuthor({ authors }: RankedRecord): string | undefined {
  const author = authors[0];
  if (author === undefined || !("family" in author)) return undefined;
  return titleWords(author.family).at(-1);
}
