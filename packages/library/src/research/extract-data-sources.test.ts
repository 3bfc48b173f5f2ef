import type { Json, StepContext } from "@nanobrain/engine";
import { describe, expect, it } from "vitest";
import { extractDataSources } from "./extract-data-sources.js";

const extract = (value: Json): { readonly [key: string]: readonly { readonly [key: string]: Json }[] } =>
  extractDataSources(value, {} as StepContext) as never;

const article = { id: "doi:10.1/a", title: "A", pmcid: "PMC12", open_access: true, full_text_urls: [] };
const page = (id: string, ...full_text_urls: readonly string[]) => ({
  id,
  title: id,
  open_access: true,
  full_text_urls,
});

describe("extract_data_sources", () => {
  it("records: flow on as they are, and kinds without an entry are empty", () => {
    const records = [{ id: "doi:10.1/b", title: "B" }];
    expect(extract(records)).toMatchObject({ records, api: [], web_scraping: [], database: [] });
  });

  it("open-access articles in PubMed Central: their full text is fetched, once", () => {
    const both = { ...article, full_text_urls: ["https://journal.example/a"] };
    const { api, web_scraping } = extract([both, { ...article, id: "x", open_access: false }]);
    expect(api).toMatchObject([
      { record: "doi:10.1/a", url: "https://www.ebi.ac.uk/europepmc/webservices/rest/PMC12/fullTextXML", parse: "xml" },
    ]);
    expect(web_scraping).toEqual([]);
  });

  it("other open-access works: a page, never a PDF or a place that leads elsewhere", () => {
    const { web_scraping } = extract([
      page("a", "https://doi.org/10.1/a", "https://x.example/a.pdf", "https://x.example/a.html"),
      page("b", "https://arxiv.org/abs/2007.06225", "file:///etc/passwd", "no address"),
      { ...page("c", "https://x.example/c"), open_access: false },
    ]);
    expect(web_scraping?.map(({ url }) => url)).toEqual(["https://x.example/a.html"]);
  });

  it("search: what was asked, and which engines know how many of the records", () => {
    const by = (sources: readonly string[], query: string) => ({ ...article, sources, queries: [query] });
    const { search } = extract([by(["pubmed", "openalex"], "folds"), by(["pubmed"], "turns"), by([], "folds")]);
    expect(search).toEqual({
      records: 3,
      queries: ["folds", "turns"],
      engines: [
        { name: "pubmed", records: 2 },
        { name: "openalex", records: 1 },
      ],
    });
  });

  it("many records: twenty sources of a kind, the first ones", () => {
    const many = Array.from({ length: 50 }, (_, at) => page(`r${at}`, `https://x.example/${at}`));
    const { web_scraping, records } = extract({ search_results: many });
    expect(records).toHaveLength(50);
    expect(web_scraping?.map(({ record }) => record)).toEqual(many.slice(0, 20).map(({ id }) => id));
  });

  it("anything else: no sources", () => {
    for (const value of [null, 7, "text", {}, [1, null, "x"]])
      expect(extract(value)).toMatchObject({ records: [], api: [], web_scraping: [], database: [] });
  });
});
