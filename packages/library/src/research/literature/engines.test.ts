import { describe, expect, it } from "vitest";
import { arxivEngine, readFeed } from "./arxiv-engine.js";
import { arxivQuery } from "./arxiv-query.js";
import { authorOf } from "./author-names.js";
import { europePmcEngine } from "./europe-pmc-engine.js";
import { arxivIdOf, doiOf, pmcidOf, pmidOf } from "./identifiers.js";
import { openAlexEngine } from "./openalex-engine.js";
import { abstractOf } from "./openalex-record.js";
import type { EngineQuery, SearchEngine } from "./search-engine.js";

/** All pages of an engine that is answered by `reply`. */
async function walk(
  engine: SearchEngine,
  query: EngineQuery,
  reply: (
    url: URL,
    number: number,
  ) => { readonly text: string; readonly headers?: { readonly [name: string]: string } },
) {
  const asked: URL[] = [];
  const ask = async (url: URL) => {
    asked.push(url);
    return { headers: {}, ...reply(url, asked.length) };
  };
  const pages = [await engine.page(query, undefined, engine.endpoint, ask)];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next)
    pages.push(await engine.page(query, next, engine.endpoint, ask));
  return { asked, pages, records: pages.flatMap((page) => page.records) };
}

const feed = (entries: string, total: number) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><opensearch:totalResults>${total}</opensearch:totalResults>${entries}</feed>`;
const entry = (id: string, more = "") =>
  `<entry><id>http://arxiv.org/abs/${id}</id><title>On\n  ${id}</title><published>2020-07-13T17:59:59Z</published>
   <author><name>Jan van der Berg</name></author><summary>  A &lt;b&gt; summary.\n </summary><category term="q-bio.BM"/>${more}</entry>`;

describe("arXiv", () => {
  it("entries: id without version, names, date, journal", async () => {
    const published = `<arxiv:doi>10.1/X</arxiv:doi><arxiv:journal_ref>J. Test 1 (2021)</arxiv:journal_ref>`;
    const { records } = await readFeed(feed(entry("2007.06225v3") + entry("q-bio/0309012v1", published), 2));
    expect(records).toMatchObject([
      {
        arxiv_id: "2007.06225",
        title: "On 2007.06225v3",
        date: "2020-07-13",
        year: 2020,
        type: "preprint",
        venue: "arXiv",
      },
      { arxiv_id: "q-bio/0309012", type: "article", venue: "J. Test 1 (2021)" },
    ]);
    expect(records[0]).toMatchObject({
      authors: [{ family: "van der Berg", given: "Jan" }],
      abstract: "A <b> summary.",
    });
  });

  it("pages: start and size; an empty page is the end whatever the total says", async () => {
    const { asked, records } = await walk(arxivEngine, { text: "x", wanted: 250 }, (_url, number) => ({
      text: feed(
        number > 2 ? "" : Array.from({ length: 100 }, (_, at) => entry(`2001.0${number}${100 + at}`)).join(""),
        900,
      ),
    }));
    expect(asked.map((url) => [url.searchParams.get("start"), url.searchParams.get("max_results")])).toEqual([
      ["0", "100"],
      ["100", "100"],
      ["200", "50"],
    ]);
    expect(records).toHaveLength(200);
  });

  it("refusals: in a feed they are told, and its rate text is one with any status", async () => {
    const refusal = `<entry><id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>incorrect id</summary></entry>`;
    await expect(readFeed(feed(refusal, 1))).rejects.toThrow("incorrect id");
    await expect(readFeed("<html>down</html>")).rejects.toMatchObject({ code: "E_SEARCH_ANSWER" });
    expect(arxivEngine.isRateRefusal?.("Rate exceeded.")).toBe(true);
    expect(arxivEngine.isRateRefusal?.(feed("", 0))).toBe(false);
  });

  it("queries: words, phrases, groups and fields in its own language", () => {
    expect(arxivQuery(`viral "protein fold" OR (rna NOT dna)`)).toBe(
      'all:viral AND all:"protein fold" OR (all:rna ANDNOT all:dna)',
    );
    expect(arxivQuery('au:jumper ti:"deep learning" E1/E2')).toBe('au:jumper AND ti:"deep learning" AND all:"E1 E2"');
    expect(arxivQuery("&max_results=9 --")).toBe('all:"max_results 9" AND all:--');
  });
});

describe("Europe PMC", () => {
  const result = (id: number) => ({
    id: `${id}`,
    source: "PPR",
    doi: `10.1101/${id}`,
    title: "A <i>title</i> &amp; more.",
    authorList: {
      author: [{ fullName: "Meier J", lastName: "Meier", firstName: "Joshua" }, { collectiveName: "Them" }],
    },
    journalInfo: { volume: "3", journal: { title: "A Journal" } },
    pubYear: "2021",
    abstractText: "<h4>Background</h4>Some words.",
    pubTypeList: { pubType: ["preprint"] },
    isOpenAccess: "Y",
    citedByCount: 4,
    fullTextUrlList: { fullTextUrl: [{ url: "https://x.example/full" }, { url: "javascript:alert(1)" }] },
  });

  it("records: mark-up is taken out, what is unknown is left out", async () => {
    const { records } = await walk(europePmcEngine, { text: "x", wanted: 1 }, () => ({
      text: JSON.stringify({ hitCount: 1, nextCursorMark: "*", resultList: { result: [result(1)] } }),
    }));
    expect(records[0]).toMatchObject({
      title: "A title & more.",
      abstract: "Background Some words.",
      authors: [{ family: "Meier", given: "Joshua" }, { collective: "Them" }],
      type: "preprint",
      citations: 4,
      open_access: true,
      full_text_urls: ["https://x.example/full"],
    });
    expect(Object.keys(records[0] ?? {})).not.toContain("pmid");
  });

  it("retractions: as a kind of publication, or among its corrections", async () => {
    const corrected = { ...result(1), commentCorrectionList: { commentCorrection: [{ type: "Retraction in" }] } };
    const marked = { ...result(2), pubTypeList: { pubType: ["Journal Article", "Retracted Publication"] } };
    const { records } = await walk(europePmcEngine, { text: "x", wanted: 3 }, () => ({
      text: JSON.stringify({ hitCount: 3, resultList: { result: [corrected, marked, result(3)] } }),
    }));
    expect(records.map(({ retracted }) => retracted)).toEqual([true, true, undefined]);
  });

  it("pages: cursors until one comes again", async () => {
    const { asked, records } = await walk(
      europePmcEngine,
      { text: "x OR y", wanted: 500, toYear: 2020 },
      (_url, number) => ({
        text: JSON.stringify({
          hitCount: 200,
          nextCursorMark: `m${Math.min(number, 2)}`,
          resultList: { result: number > 2 ? [] : Array.from({ length: 100 }, (_, at) => result(number * 1000 + at)) },
        }),
      }),
    );
    expect(asked.map((url) => url.searchParams.get("cursorMark"))).toEqual(["*", "m1", "m2"]);
    expect(asked[0]?.searchParams.get("query")).toBe("(x OR y) AND (PUB_YEAR:[1500 TO 2020])");
    expect(records).toHaveLength(200);
  });

  it("no answer of its kind: what it says instead", async () => {
    const broken = walk(europePmcEngine, { text: "x", wanted: 1 }, () => ({ text: '{"errMsg":"too long"}' }));
    await expect(broken).rejects.toThrow("too long");
  });
});

describe("OpenAlex", () => {
  const work = (at: number) => ({
    doi: `https://doi.org/10.48550/arXiv.2001.${10000 + at}`,
    title: `Work ${at}`,
    publication_year: 2020,
    type: "preprint",
    authorships: [{ author: { display_name: "Žiga Avsec" } }],
    cited_by_count: 3,
    abstract_inverted_index: { fold: [1], Proteins: [0] },
  });
  const answer = (next: string | null, count = 100) =>
    JSON.stringify({
      meta: { count: 900, next_cursor: next },
      results: Array.from({ length: count }, (_, at) => work(at)),
    });

  it("records: abstract from its index, arXiv's id from its DOI", async () => {
    const { records } = await walk(openAlexEngine, { text: "x", wanted: 1 }, () => ({ text: answer(null, 1) }));
    expect(records[0]).toMatchObject({
      abstract: "Proteins fold",
      arxiv_id: "2001.10000",
      citations: 3,
      type: "preprint",
    });
    expect(abstractOf({ a: [0, 1e9, -1, 0.5], b: "x", c: [1] } as never)).toBe("a c");
  });

  it("budget: stops before it is spent, and says what to do", async () => {
    const headers = { "x-ratelimit-remaining-usd": "0.0004", "x-ratelimit-cost-usd": "0.001" };
    const { asked, pages } = await walk(openAlexEngine, { text: "x", wanted: 500 }, () => ({
      text: answer("c"),
      headers,
    }));
    expect(asked).toHaveLength(1);
    expect(pages[0]?.warnings.join()).toMatch(
      /daily budget without a key is used up.*100 of the records.*OPENALEX_API_KEY/,
    );
  });

  it("budget left: goes on with the cursor, up to what is wanted", async () => {
    const headers = { "x-ratelimit-remaining-usd": "0.09", "x-ratelimit-cost-usd": "0.001" };
    const query = { text: "x", wanted: 250, fromYear: 2019, apiKey: "k", email: "a@b.example" };
    const { asked, records } = await walk(openAlexEngine, query, (_url, number) => ({
      text: answer(`c${number}`),
      headers,
    }));
    expect(asked.map((url) => [url.searchParams.get("cursor"), url.searchParams.get("per-page")])).toEqual([
      ["*", "100"],
      ["c1", "100"],
      ["c2", "50"],
    ]);
    expect(asked[0]?.searchParams.get("filter")).toBe("publication_year:2019-");
    expect(records.length).toBeGreaterThanOrEqual(250);
  });
});

describe("identifiers and names", () => {
  it("identifiers: one spelling each, and nothing that is none", () => {
    expect([doiOf("https://doi.org/10.1038/S41586-021-03819-2"), doiOf("DOI: 10.1/x."), doiOf("n/a")]).toEqual([
      "10.1038/s41586-021-03819-2",
      undefined,
      undefined,
    ]);
    expect([pmidOf("https://pubmed.ncbi.nlm.nih.gov/34265844"), pmidOf("PMID: 7"), pmidOf("x7")]).toEqual([
      "34265844",
      "7",
      undefined,
    ]);
    expect([pmcidOf("8371605"), pmcidOf("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8371605/")]).toEqual([
      "PMC8371605",
      "PMC8371605",
    ]);
    expect([
      arxivIdOf("arXiv:2007.06225v2"),
      arxivIdOf("10.48550/arXiv.2007.06225"),
      arxivIdOf("https://x.example/1"),
    ]).toEqual(["2007.06225", "2007.06225", undefined]);
  });

  it("names: family and given, however they are written", () => {
    expect(
      ["Jumper, John", "John Jumper", "Jumper J", "J. C. van der Waals", "Plato", "The XYZ Consortium", " "].map(
        authorOf,
      ),
    ).toEqual([
      { family: "Jumper", given: "John" },
      { family: "Jumper", given: "John" },
      { family: "Jumper", given: "J" },
      { family: "van der Waals", given: "J. C." },
      { family: "Plato" },
      { collective: "The XYZ Consortium" },
      undefined,
    ]);
  });
});
