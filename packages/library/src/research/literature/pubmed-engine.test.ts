import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { medlineDate } from "./pubmed-date.js";
import { pubmedEngine, readRecords, readSearch } from "./pubmed-engine.js";

/** Answers that NCBI gave, from Debian's python-biopython-doc. */
const folder = "/usr/share/doc/python-biopython-doc/Tests/Entrez";
const real = existsSync(folder) ? it : it.skip;

const answer = (name: string): string => {
  const path = `${folder}/${name}`;
  return existsSync(path) ? readFileSync(path, "utf8") : gunzipSync(readFileSync(`${path}.gz`)).toString("utf8");
};

const article = (inner: string, data = ""): string =>
  `<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">7</PMID>${inner}</MedlineCitation><PubmedData>${data}</PubmedData></PubmedArticle></PubmedArticleSet>`;

describe("PubMed", () => {
  real("real search: ids and their total; phrases that were not found are warnings", async () => {
    expect(await readSearch(answer("esearch1.xml"))).toEqual({
      ids: ["16403221", "16377612", "14871861", "14630660", "12230038"],
      found: 5,
      warnings: [],
    });
    expect(await readSearch(answer("esearch8.xml"))).toEqual({
      ids: [],
      found: 0,
      warnings: ["phrase not found: abcXYZ"],
    });
  });

  real("real records of 2008 to 2019: every one is read", async () => {
    const names = ["pubmed1.xml", "pubmed2.xml", "pubmed4.xml", "pubmed5.xml", "pubmed6.xml", "pubmed7.xml"];
    const pages = await Promise.all(names.map((name) => readRecords(answer(name))));
    expect(pages.map(({ records, unreadable }) => [records.length, unreadable])).toEqual([
      [2, 0],
      [2, 0],
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  real("real record: mark-up inside a title, parts of an abstract, identifiers, dates", async () => {
    const { records } = await readRecords(answer("pubmed4.xml"));
    expect(records[0]).toMatchObject({
      title: "Leucocyte telomere length, genetic variants at the TERT gene region and risk of pancreatic cancer",
      venue: "Gut",
      date: "2017-06",
      pages: "1116-1122",
      doi: "10.1136/gutjnl-2016-312510",
      pmcid: "PMC5442267",
      pmid: "27797938",
      type: "article",
    });
    expect(records[0]?.abstract).toMatch(/^OBJECTIVE: Telomere .*\nDESIGN: /s);
    expect(records[0]?.authors[0]).toEqual({ family: "Bao", given: "Ying" });
    expect(records[0]?.keywords).toContain("Adenocarcinoma");
  });

  real("real page that is no answer: a clear refusal", async () => {
    await expect(readRecords(answer("pubmed3.html"))).rejects.toMatchObject({ code: "E_SEARCH_ANSWER" });
  });

  it("authors: groups are collective, editors do not count", async () => {
    const { records } = await readRecords(
      article(`<Article><ArticleTitle>[Ein Titel].</ArticleTitle><AuthorList Type="editors"><Author><LastName>No</LastName></Author></AuthorList>
        <AuthorList><Author><CollectiveName>The &amp; Group</CollectiveName></Author><Author><LastName>O'Neill</LastName><Initials>M</Initials></Author></AuthorList></Article>`),
    );
    expect(records[0]).toMatchObject({
      title: "Ein Titel",
      authors: [{ collective: "The & Group" }, { family: "O'Neill", given: "M" }],
    });
  });

  it("authors: a list that is not whole says so", async () => {
    const list = `<AuthorList CompleteYN="N"><Author><LastName>Jumper</LastName></Author></AuthorList>`;
    const { records } = await readRecords(article(`<Article><ArticleTitle>T</ArticleTitle>${list}</Article>`));
    expect(records[0]?.authors).toEqual([{ family: "Jumper" }, { collective: "et al." }]);
  });

  it("identifiers: those of the references are not the article's", async () => {
    const { records } = await readRecords(
      article(
        "<Article><ArticleTitle>T</ArticleTitle></Article>",
        `<ArticleIdList><ArticleId IdType="doi">10.1000/Mine</ArticleId></ArticleIdList>
         <ReferenceList><Reference><ArticleIdList><ArticleId IdType="pmc">PMC9</ArticleId></ArticleIdList></Reference></ReferenceList>`,
      ),
    );
    expect(records[0]).toMatchObject({ doi: "10.1000/mine", pmid: "7" });
    expect(records[0]?.pmcid).toBeUndefined();
  });

  it("retractions: the work and the notice are told apart", async () => {
    const types = (type: string) =>
      article(`<Article><ArticleTitle>T</ArticleTitle><PublicationTypeList><PublicationType>Journal Article</PublicationType>
        <PublicationType>${type}</PublicationType></PublicationTypeList></Article>`);
    expect((await readRecords(types("Retracted Publication"))).records[0]).toMatchObject({
      type: "article",
      retracted: true,
    });
    expect((await readRecords(types("Retraction of Publication"))).records[0]).toMatchObject({ type: "retraction" });
  });

  it("dates of Medline: their beginning, as far as it is known", () => {
    const dates = ["1998 Dec-1999 Jan", "2000 Spring", "2001 Mar-Apr", "1999 Oct 1-15", "undated"].map(medlineDate);
    expect(dates.map(({ date }) => date)).toEqual(["1998-12", "2000", "2001-03", "1999-10", undefined]);
  });

  it("hostile XML: entities stay unread, depth and unclosed elements do no harm", async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>${article("<Article><ArticleTitle>&a;&b;</ArticleTitle></Article>")}`;
    expect((await readRecords(bomb)).records[0]?.title).toBe("&a;&b;");
    const deep = article(`<Article><ArticleTitle>${"<i>".repeat(20_000)}deep</ArticleTitle></Article>`);
    expect((await readRecords(deep)).records.length).toBeLessThanOrEqual(1);
    expect((await readRecords("<PubmedArticleSet><PubmedArticle>")).unreadable).toBe(1);
  });

  it("pages: 150 ids to a request, and the key is sent when there is one", async () => {
    const asked: URL[] = [];
    const ask = async (url: URL) => {
      asked.push(url);
      const ids = Array.from({ length: 320 }, (_, at) => `<Id>${at + 1}</Id>`).join("");
      const text = url.pathname.endsWith("esearch.fcgi")
        ? `<eSearchResult><Count>900</Count><IdList>${ids}</IdList></eSearchResult>`
        : "<PubmedArticleSet></PubmedArticleSet>";
      return { text, headers: {} };
    };
    const query = { text: "x", wanted: 320, fromYear: 2020, apiKey: "k", email: "a@b.example" };
    let page = await pubmedEngine.page(query, undefined, pubmedEngine.endpoint, ask);
    expect(page.found).toBe(900);
    while (page.next !== undefined) page = await pubmedEngine.page(query, page.next, pubmedEngine.endpoint, ask);
    expect(asked.slice(1).map((url) => url.searchParams.get("id")?.split(",").length)).toEqual([150, 150, 20]);
    expect(asked[0]?.search).toBe(
      "?db=pubmed&term=x&retmode=xml&retmax=320&sort=relevance&datetype=pdat&mindate=2020&maxdate=3000&tool=nanobrain&email=a%40b.example&api_key=k",
    );
  });
});
