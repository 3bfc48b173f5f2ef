import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineName, FoundRecord, RankedRecord } from "./literature-record.js";
import { mergeRecords } from "./merge-records.js";
import { qualityOf, qualityWeights } from "./quality-score.js";
import { sameWorks } from "./same-works.js";

const record = (fields: Partial<RankedRecord> & { readonly title: string }): RankedRecord => ({
  authors: [],
  type: "article",
  keywords: [],
  full_text_urls: [],
  engine: "pubmed",
  rank: 1,
  query: "q",
  ...fields,
});

const ids = (records: readonly RankedRecord[]) => mergeRecords(records, 2026).map(({ id }) => id);

describe("duplicates", () => {
  it("identifiers: one in common is enough, over several records", () => {
    const works = mergeRecords(
      [
        record({ title: "A", doi: "10.1/a", rank: 1 }),
        record({
          title: "A, with another title altogether",
          pmid: "7",
          doi: "10.1/a",
          engine: "openalex",
          rank: 2,
          citations: 4,
        }),
        record({ title: "A third one", pmid: "7", arxiv_id: "2001.00001", engine: "arxiv", type: "preprint", rank: 3 }),
      ],
      2026,
    );
    expect(works).toMatchObject([
      {
        id: "doi:10.1/a",
        title: "A",
        pmid: "7",
        arxiv_id: "2001.00001",
        citations: 4,
        sources: ["pubmed", "openalex", "arxiv"],
        rank: 1,
      },
    ]);
  });

  it("titles: nearly the same, about the same year, and no word against it", () => {
    const title = "Highly accurate protein structure prediction with AlphaFold";
    const first = record({ title, doi: "10.1/a", year: 2021, authors: [{ family: "Jumper" }] });
    const like = (fields: Partial<RankedRecord>) =>
      ids([first, record({ title: `${title}.`, engine: "openalex", rank: 2, ...fields })]);
    expect(like({ year: 2022 })).toHaveLength(1);
    expect(like({ title: title.toUpperCase(), authors: [{ family: "JUMPER", given: "J" }] })).toHaveLength(1);
    expect(like({ year: 2024 })).toHaveLength(2);
    expect(like({ authors: [{ family: "Senior" }] })).toHaveLength(2);
    expect(like({ doi: "10.1/b" })).toHaveLength(2);
    expect(like({ doi: "10.1/b", type: "preprint", year: 2020 })).toHaveLength(1);
    expect(like({ type: "erratum" })).toHaveLength(2);
    expect(
      ids([record({ title: "Editorial note", year: 2020 }), record({ title: "Editorial note", year: 2020, rank: 2 })]),
    ).toHaveLength(2);
  });

  it("what was published speaks before its preprint; a retraction of one is one of the work", () => {
    const shared = { arxiv_id: "2001.00001" };
    const [work] = mergeRecords(
      [
        record({ title: "Preprint", ...shared, type: "preprint", engine: "pubmed", venue: "arXiv", year: 2020 }),
        record({
          title: "Article",
          ...shared,
          engine: "openalex",
          venue: "Journal",
          year: 2021,
          retracted: true,
          rank: 4,
        }),
      ],
      2026,
    );
    expect(work).toMatchObject({ title: "Article", venue: "Journal", year: 2021, type: "article", retracted: true });
    expect(work?.quality.score).toBe(0);
  });

  it("property: which engine answered first makes no difference, and no record is lost", () => {
    const small = fc.constantFrom("1", "2", "3", undefined);
    const one = fc
      .record({
        title: fc.constantFrom("one two three four five", "one two three four six", "seven eight nine ten", "x"),
        doi: small,
        pmid: small,
        year: fc.constantFrom(2019, 2020, 2023, undefined),
        engine: fc.constantFrom<EngineName>("pubmed", "arxiv", "openalex"),
        rank: fc.integer({ min: 1, max: 1_000 }),
      })
      .map((fields) =>
        record(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never),
      );
    const many = fc.uniqueArray(one, { maxLength: 12, selector: ({ engine, rank }) => `${engine}${rank}` });
    fc.assert(
      fc.property(many, fc.nat(), (records, seed) => {
        const shuffled = [...records].sort((a, b) => ((a.rank * (seed + 7)) % 101) - ((b.rank * (seed + 7)) % 101));
        const works = mergeRecords(records, 2026);
        expect(mergeRecords(shuffled, 2026)).toEqual(works);
        expect(new Set(works.map(({ id }) => id)).size).toBe(works.length);
        const grouped = sameWorks(records).flat();
        expect(grouped).toHaveLength(records.length);
        expect(new Set(grouped)).toEqual(new Set(records));
      }),
    );
  });

  it("thousands: five engines with a thousand records each", () => {
    const engines: readonly EngineName[] = ["pubmed", "arxiv", "europe_pmc", "openalex", "openalex"];
    const records = engines.flatMap((engine, at) =>
      Array.from({ length: 1_000 }, (_, n) =>
        record({
          title: `Common words of structure prediction ${n * 7919}`,
          engine,
          rank: n + 1,
          year: 2020,
          ...(at < 2 ? { doi: `10.1/${n}` } : {}),
        }),
      ),
    );
    expect(mergeRecords(records, 2026)).toHaveLength(1_000);
  });
});

describe("quality score", () => {
  const whole: FoundRecord = {
    title: "T",
    authors: [{ family: "A" }],
    year: 2024,
    venue: "J",
    url: "https://x.example",
    abstract: "a".repeat(200),
    doi: "10.1/a",
    citations: 500,
    type: "article",
    keywords: [],
    full_text_urls: [],
  };
  const without = (...keys: readonly string[]): FoundRecord =>
    Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key))) as FoundRecord;
  const score = (found: FoundRecord) => qualityOf(found, 2026).score;

  it("weights: they are one together, and a record that has all is 1", () => {
    expect(Object.values(qualityWeights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(score(whole)).toBe(1);
  });

  it("parts: each counts as documented", () => {
    expect(score(without("abstract"))).toBe(0.75);
    expect(score(without("doi"))).toBe(0.85);
    expect(score({ ...whole, type: "preprint" })).toBe(0.92);
    expect(score({ ...whole, citations: 0 })).toBe(0.8);
    expect(score({ ...whole, year: 1990 })).toBeLessThan(0.94);
    expect(score({ ...whole, abstract: "a".repeat(100) })).toBe(0.875);
  });

  it("unknown citations: neither good nor bad", () => {
    expect(score(without("citations"))).toBe(1);
    expect(qualityOf(without("citations"), 2026).parts["citations"]).toBeUndefined();
  });

  it("retraction: the work and the notice are worth nothing", () => {
    expect(score({ ...whole, retracted: true })).toBe(0);
    expect(score({ ...whole, type: "retraction" })).toBe(0);
  });

  it("property: between 0 and 1, whatever is known", () => {
    const year = fc.option(fc.integer({ min: 1500, max: 2200 }), { nil: undefined });
    fc.assert(
      fc.property(year, fc.integer({ min: -5, max: 1e9 }), fc.string(), (published, citations, abstract) => {
        const { year: _year, ...rest } = whole;
        const found = { ...rest, citations, abstract, ...(published === undefined ? {} : { year: published }) };
        expect(score(found)).toBeGreaterThanOrEqual(0);
        expect(score(found)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
