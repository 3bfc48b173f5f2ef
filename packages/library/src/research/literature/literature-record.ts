/** A person (`given` may be initials) or a group of authors. */
export type Author = { readonly family: string; readonly given?: string } | { readonly collective: string };

export type RecordType =
  | "article"
  | "review"
  | "conference"
  | "preprint"
  | "book"
  | "thesis"
  | "dataset"
  | "editorial"
  | "letter"
  | "erratum"
  | "retraction"
  | "other";

/** What one engine says of a publication. What it does not know is left out. */
export type FoundRecord = {
  readonly title: string;
  readonly authors: readonly Author[];
  readonly year?: number;
  /** `2021`, `2021-07` or `2021-07-15`. */
  readonly date?: string;
  readonly venue?: string;
  readonly volume?: string;
  readonly issue?: string;
  readonly pages?: string;
  readonly abstract?: string;
  /** In small letters, without `https://doi.org/`. */
  readonly doi?: string;
  readonly pmid?: string;
  /** With its `PMC`. */
  readonly pmcid?: string;
  /** Without its version. */
  readonly arxiv_id?: string;
  readonly url?: string;
  readonly citations?: number;
  readonly type: RecordType;
  readonly open_access?: boolean;
  readonly full_text_urls: readonly string[];
  readonly keywords: readonly string[];
  readonly license?: string;
  readonly retracted?: boolean;
};

/** A record of one engine, with its place in that engine's answer, from 1. */
export type RankedRecord = FoundRecord & {
  readonly engine: EngineName;
  readonly rank: number;
  /** What was searched for, not in the engine's own words. */
  readonly query: string;
};

export type EngineName = "pubmed" | "arxiv" | "europe_pmc" | "openalex" | "google_scholar";

export type Quality = {
  readonly score: number;
  readonly parts: { readonly [part: string]: number };
};

/** What the step gives: records of several engines made one. */
export type LiteratureRecord = FoundRecord & {
  readonly id: string;
  readonly sources: readonly EngineName[];
  readonly rank: number;
  /** What it was found by. */
  readonly queries: readonly string[];
  readonly quality: Quality;
};

/** The map without the keys whose value is not known: undefined or an empty text. */
export function known<T extends { readonly [key: string]: unknown }>(
  fields: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}
