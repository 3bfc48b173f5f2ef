import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json, JsonObject } from "@nanobrain/engine";
import { createTestRuntime } from "@nanobrain/engine/testing";
import { afterEach, describe, expect, test } from "vitest";
import { pack as library } from "../../pack.js";
import { createHostTurns } from "../host-turns.js";
import { dataCollectionStepBy } from "./data-collection-step.js";

/** Time that passes as soon as somebody waits; what was waited for is kept. */
let now = 0;
const waits: number[] = [];
const step = dataCollectionStepBy(
  createHostTurns({
    nowMs: () => now,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  }),
);
const classes = library.classes.map((entry) =>
  entry.class === step.class ? { ...entry, load: async () => step } : entry,
);
const pack = { ...library, classes };

type Reply =
  | string
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer };
type Site = {
  readonly host: string;
  readonly url: string;
  readonly asked: string[];
  readonly headers: IncomingMessage["headers"][];
};
const servers: Server[] = [];

afterEach(async () => {
  waits.length = 0;
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function site(reply: (path: string, asked: number) => Reply): Promise<Site> {
  const asked: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    const made = reply(request.url ?? "", asked.length);
    const { status = 200, headers: sent = {}, body = "" } = typeof made === "string" ? { body: made } : made;
    response.writeHead(status, { connection: "close", ...sent }).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, asked, headers };
}

async function collect(
  input: Json,
  config: JsonObject = {},
  more: { readonly files?: Record<string, string>; readonly secrets?: Record<string, string> } = {},
) {
  await using runtime = await createTestRuntime({
    packs: [pack],
    ...(more.secrets === undefined ? {} : { secrets: more.secrets }),
    files: {
      "collect.yml": `name: collect
input_data_units:
  sources: { class: DataUnitMemory }
steps:
  collect:
    class: DataCollectionStep
    config: ${JSON.stringify(config)}
    inputs: { input_sources: { from: sources } }
`,
      ...more.files,
    },
  });
  const result = await (await runtime.start(await runtime.load("collect.yml"), { sources: input })).result();
  const collected = (result.outputs["collect.collected_data"] ?? {}) as JsonObject;
  const report = (result.outputs["collect.report"] ?? {}) as JsonObject;
  return {
    status: result.status,
    failure: result.failures[0]?.failure,
    warnings: JSON.stringify(result.warnings),
    records: (collected["records"] ?? []) as readonly JsonObject[],
    collected,
    report,
    sources: (report["sources"] ?? []) as readonly JsonObject[],
    invalid: (result.outputs["collect.invalid"] ?? []) as readonly JsonObject[],
  };
}

const json = (value: Json): Reply => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(value) });

describe("api", () => {
  test.each([
    ["next", { next: "links.next" }, (n: number) => ({ links: { next: `/list?p=${n + 1}` } })],
    ["cursor", { cursor: "mark", parameter: "after" }, (n: number) => ({ mark: `m${n}` })],
    ["page number", { page_parameter: "page" }, () => ({})],
    ["offset", { offset_parameter: "from" }, () => ({})],
  ])("paging by %s: all pages until one is empty", async (_, paging, more) => {
    const { url, host, asked } = await site((_path, n) =>
      json({ data: n > 3 ? [] : [{ n: 2 * n }, { n: 2 * n + 1 }], ...more(n) }),
    );
    const { records, sources } = await collect({ api: [{ url: `${url}/list`, paging }] }, { allow_hosts: [host] });
    expect(records.map(({ n }) => n)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(sources[0]).toMatchObject({ status: "collected", records: 6, requests: 4 });
    expect(new Set(asked).size).toBe(4);
  });

  test("link header: it is followed, but not to another host", async () => {
    const { url, host } = await site((path) => {
      const next = path === "/a" ? "/b" : "http://127.0.0.1:9/c";
      return { headers: { "content-type": "application/json", link: `<${next}>; rel="next"` }, body: '[{"at":1}]' };
    });
    const made = await collect({ api: [{ url: `${url}/a`, paging: { link_header: true } }] }, { allow_hosts: [host] });
    expect(made.sources[0]).toMatchObject({ status: "partial", code: "E_COLLECT_ANSWER", records: 1 });
    expect(made.warnings).toContain("another host");
  });

  test("CSV, lines of JSON and XML: rows by their kind", async () => {
    const { url, host } = await site((path) => {
      if (path.endsWith(".csv")) return "name,size\nash,3\nelm,4\n";
      if (path.endsWith(".jsonl")) return '{"name":"oak"}\n{"name":"fir"}\n';
      return "<list><tree kind='leaf'><name>Yew &amp; co</name></tree><tree><name>Box</name></tree></list>";
    });
    const { records } = await collect(
      {
        api: [
          `${url}/a.csv`,
          `${url}/b.jsonl`,
          { url: `${url}/c.xml`, each: "list > tree", select: { name: "name", kinds: { select: "name", all: true } } },
        ],
      },
      { allow_hosts: [host] },
    );
    expect(records).toEqual([
      { name: "ash", size: "3" },
      { name: "elm", size: "4" },
      { name: "oak" },
      { name: "fir" },
      { name: "Yew & co", kinds: ["Yew & co"] },
      { name: "Box", kinds: ["Box"] },
    ]);
  });

  test("tables: the delimiter is found out or said, and the report says it and what is wrong", async () => {
    const tables: { readonly [path: string]: string | Buffer } = {
      "/excel.csv": Buffer.from("\uFEFFStra\u00dfe;Preis\r\nA;1,5\r\n", "utf16le"),
      "/old.csv": Buffer.from("Stra\u00dfe;Preis\r\nA;1,5\r\n", "latin1"),
      "/said.csv": "a;b\n1;2\n3;4\n",
      "/uneven.csv": "a\tb\n1\t2\n3\n4\n",
    };
    const { url, host } = await site((path) => ({
      headers: { "content-type": "text/csv" },
      body: tables[path] ?? "",
    }));
    const api = Object.keys(tables).map((path) => ({
      id: path,
      url: url + path,
      ...(path === "/said.csv" ? { delimiter: "," } : {}),
    }));
    const { records, sources, warnings } = await collect({ api }, { allow_hosts: [host] });
    expect(records.slice(0, 2)).toEqual(Array(2).fill({ "Stra\u00dfe": "A", Preis: "1,5" }));
    expect(sources).toMatchObject([
      { delimiter: ";", columns: 2 },
      { delimiter: ";", columns: 2 },
      { delimiter: ",", columns: 1, problems: [expect.stringContaining("one column")] },
      {
        delimiter: "tab",
        columns: 2,
        problems: [expect.stringContaining("line 3"), expect.stringContaining("line 4")],
      },
    ]);
    expect(sources[0]).not.toHaveProperty("problems");
    expect(warnings).toContain(
      "The table of /uneven.csv: line 3: the row has 1 cells, the table 2 columns, and 1 more",
    );
    const refused = await collect({ api: [{ url, delimiter: "." }] }, { allow_hosts: [host] });
    expect(refused.failure).toMatchObject({ code: "E_COLLECT_SOURCES" });
  });

  test("retry-after: the pause that the service asks for, then again", async () => {
    const { url, host, asked } = await site((_path, n) =>
      n === 1 ? { status: 429, headers: { "retry-after": "7" } } : json([{ ok: true }]),
    );
    const { records } = await collect({ api: [url] }, { allow_hosts: [host] });
    expect([records, asked.length]).toEqual([[{ ok: true }], 2]);
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(6_000);
  });

  test("credentials: their own host gets them, no other", async () => {
    const [own, other] = [await site(() => json([{ at: "own" }])), await site(() => json([{ at: "other" }]))];
    const config = {
      allow_hosts: [own.host, other.host],
      credentials: { [own.host]: { authorization: "Bearer ${secret:KEY}" } },
    };
    const { records } = await collect({ api: [own.url, other.url] }, config, { secrets: { KEY: "s3cr3t-s3cr3t" } });
    expect(records.length).toBe(2);
    expect([own.headers[0]?.authorization, other.headers[0]?.authorization]).toEqual([
      "Bearer s3cr3t-s3cr3t",
      undefined,
    ]);
  });

  test("headers of an entry: not those of the engine", async () => {
    const { failure } = await collect({ api: [{ url: "http://127.0.0.1:9/", headers: { Host: "elsewhere" } }] });
    expect(failure?.message).toBe('Cannot read input_sources: header "Host" may not be set');
  });

  test("records: what is fetched for one goes into its field", async () => {
    const { url, host } = await site(
      () =>
        "<article><front><license>CC BY</license></front><body><sec><title>One</title><p>Text <i>here</i>.</p></sec></body></article>",
    );
    const entry = {
      id: "t",
      record: "r1",
      as: "full_text",
      url,
      parse: "xml",
      select: { license: "license", text: "body", none: "table" },
    };
    const { records } = await collect(
      { records: [{ id: "r1", title: "A" }, { id: "r2" }], search: { n: 1 }, api: [entry] },
      { allow_hosts: [host] },
    );
    expect(records).toEqual([
      { id: "r1", title: "A", full_text: { license: "CC BY", text: "One\nText here." } },
      { id: "r2" },
    ]);
  });
});

const page = `<html lang="en"><head><title>A  page</title><meta name="citation_title" content="On Trees"><meta name="citation_author" content="Ash, A."><meta name="citation_author" content="Elm, E.">
<meta name="citation_doi" content="doi:10.1234/ABC"><script type="application/ld+json">{"@type":"Article"}</script><script>var x = "<p>no</p>";</script></head>
<body><nav>Home</nav><main><h1>On Trees</h1><p>They grow.</p><p>Slowly,   mostly.</p><table><tr><th>tree</th><th>m</th></tr><tr><td>ash</td><td>30</td></tr></table></main><footer>2020</footer></body></html>`;

describe("web_scraping", () => {
  test("a page: title, citation, linked data, table and main text", async () => {
    const { url, host, asked } = await site((path) =>
      path === "/robots.txt" ? { status: 404 } : { headers: { "content-type": "text/html" }, body: page },
    );
    const { records } = await collect({ web_scraping: [`${url}/p`] }, { allow_hosts: [host] });
    expect(asked).toEqual(["GET /robots.txt", "GET /p"]);
    expect(records[0]).toMatchObject({
      url: `${url}/p`,
      title: "On Trees",
      language: "en",
      citation: { title: "On Trees", authors: ["Ash, A.", "Elm, E."], doi: "10.1234/abc" },
      json_ld: [{ "@type": "Article" }],
      tables: [{ rows: [{ tree: "ash", m: "30" }] }],
    });
    expect(records[0]?.["text"]).toBe("On Trees\nThey grow.\nSlowly, mostly.\ntree m\nash 30");
  });

  test("robots.txt: what it forbids is not asked for, its pause is kept, it is asked for once", async () => {
    const robots = "User-agent: *\nDisallow: /private\nCrawl-delay: 9";
    const { url, host, asked } = await site((path) => (path === "/robots.txt" ? robots : page));
    const made = await collect({ web_scraping: [`${url}/private/a`, `${url}/b`, `${url}/c`] }, { allow_hosts: [host] });
    expect([...asked].sort()).toEqual(["GET /b", "GET /c", "GET /robots.txt"]);
    expect(made.sources.map(({ status }) => status)).toEqual(["refused", "collected", "collected"]);
    expect(made.warnings).toContain("its robots.txt forbids it");
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(8_000);
  });

  test("robots.txt that fails: nothing is fetched; respect_robots: false asks for none", async () => {
    const { url, host, asked } = await site((path) => (path === "/robots.txt" ? { status: 503 } : page));
    const made = await collect({ web_scraping: [`${url}/a`] }, { allow_hosts: [host] });
    expect(made.status).toBe("failed");
    expect(made.failure).toMatchObject({ code: "E_COLLECT_REFUSED", kind: "configuration" });
    expect(asked.filter((line) => line === "GET /a")).toEqual([]);
    const free = await collect({ web_scraping: [`${url}/a`] }, { allow_hosts: [host], respect_robots: false });
    expect(free.records.length).toBe(1);
  });

  test("a redirect into what robots.txt forbids: the page is not used", async () => {
    const { url, host } = await site((path) => {
      if (path === "/robots.txt") return "User-agent: *\nDisallow: /private";
      return path === "/a" ? { status: 302, headers: { location: "/private" } } : page;
    });
    const { status, failure } = await collect({ web_scraping: [`${url}/a`] }, { allow_hosts: [host] });
    expect([status, failure?.message.includes("robots.txt forbids it")]).toEqual(["failed", true]);
  });

  test("private addresses: they are refused unless listed", async () => {
    const { url, asked } = await site(() => page);
    const { failure } = await collect({ web_scraping: [`${url}/a`], api: [`${url}/b`] });
    expect(failure?.code).toBe("E_COLLECT_FAILED");
    expect(failure?.message).toContain("127.0.0.1");
    expect(asked).toEqual([]);
  });

  test("selectors and charsets: elements as rows, in the page's own charset", async () => {
    const body = Buffer.from(
      '<meta charset="iso-8859-1"><ul class="l x"><li data-n="1"><b>Bl\u00fcte</b></li><li>ohne</li></ul><li>au\u00dfen</li>',
      "latin1",
    );
    const { url, host } = await site((path) =>
      path === "/robots.txt" ? { status: 404 } : { headers: { "content-type": "text/html" }, body },
    );
    const entry = { url, each: "ul.l > li", select: { name: "b", all: { select: "b, i", all: true } } };
    const { records } = await collect({ web_scraping: [entry] }, { allow_hosts: [host] });
    expect(records).toEqual([{ name: "Bl\u00fcte", all: ["Bl\u00fcte"] }]);
  });
});

describe("validation", () => {
  const schema = { type: "object", required: ["year"], properties: { year: { type: "integer", minimum: 1800 } } };
  const input = { records: [{ year: 2000 }, { year: 3 }, { year: 4 }, {}] };

  test("what does not fit: apart, counted by place and demand", async () => {
    const { records, invalid, report, collected, warnings } = await collect(
      input,
      { validation_schema: "s.json" },
      { files: { "s.json": JSON.stringify(schema) } },
    );
    expect(records).toEqual([{ year: 2000 }]);
    expect(invalid.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(report["validation"]).toEqual({
      records: 4,
      valid: 1,
      invalid: 3,
      quality: 0.25,
      problems: [
        { problem: "year: must be >= 1800", count: 2, first: [1, 2] },
        { problem: 'record: lacks "year"', count: 1, first: [3] },
      ],
    });
    expect(collected["validation"]).toEqual({ records: 4, valid: 1, invalid: 3, quality: 0.25 });
    expect(warnings).toContain("3 of 4 records do not fit the schema");
  });

  test("keep and fail: they stay too, or the step fails", async () => {
    expect((await collect(input, { validation_schema: schema, on_invalid: "keep" })).records.length).toBe(4);
    const { failure } = await collect(input, { validation_schema: schema, on_invalid: "fail" });
    expect(failure).toMatchObject({ code: "E_COLLECT_INVALID", kind: "data_validation" });
  });
});

describe("input_sources", () => {
  test.each([
    [{ apis: [] }, /there is no kind "apis" of sources; there are records, api, web_scraping, database/],
    [{ api: [{ adress: "x" }] }, /an entry of api has "adress"/],
    [{ api: [5] }, /must be a map or an address/],
    [{ database: [{ file: "x" }] }, /an entry of database needs a query/],
    ["no address", /"no address" is no address of the web/],
  ])("%j: refused with a sentence", async (input, problem) => {
    const { failure } = await collect(input as Json);
    expect(failure).toMatchObject({ code: "E_COLLECT_SOURCES", message: expect.stringMatching(problem) as unknown });
  });

  test("nothing to collect: no records, no failure", async () => {
    const { status, records } = await collect({ api: [], web_scraping: [], database: [] });
    expect([status, records]).toEqual(["completed", []]);
  });

  test("kinds that are off: skipped with a warning", async () => {
    const { sources, warnings } = await collect(
      { records: [{ a: 1 }], database: [{ file: "x", query: "SELECT 1" }] },
      { sources: ["api"] },
    );
    expect(sources).toEqual([{ id: "database:x", kind: "database", status: "skipped" }]);
    expect(warnings).toContain("database");
  });

  test("one that fails: the others are there; on_error: fail fails the step", async () => {
    const { url, host } = await site((path) => (path === "/bad" ? { status: 404 } : json([{ a: 1 }])));
    const input = { api: [`${url}/good`, `${url}/bad`] };
    const { status, sources, records } = await collect(input, { allow_hosts: [host] });
    expect([status, records, sources.map((each) => each["status"])]).toEqual([
      "completed",
      [{ a: 1 }],
      ["collected", "failed"],
    ]);
    expect((await collect(input, { allow_hosts: [host], on_error: "fail" })).failure?.code).toBe("E_HTTP_STATUS");
  });
});

test("a source that fails: the requests it took are counted, those of pages that came before, too", async () => {
  const broken = await site((path) => (path === "/p?page=1" ? json([{ n: 1 }]) : { status: 503, body: "busy" }));
  const good = await site(() => json([{ n: 2 }]));
  const { records, sources, warnings } = await collect(
    {
      api: [
        { id: "busy", url: `${broken.url}/p`, paging: { page_parameter: "page" } },
        { id: "good", url: good.url },
        { id: "private", url: "http://127.0.0.2:9/" },
      ],
    },
    { allow_hosts: [broken.host, good.host] },
  );
  expect(records).toEqual([{ n: 1 }, { n: 2 }]);
  expect(sources).toMatchObject([
    { id: "busy", status: "partial", records: 1, requests: 4, code: "E_HTTP_STATUS" },
    { id: "good", status: "collected", requests: 1 },
    { id: "private", status: "failed", requests: 0, code: "E_HTTP_ADDRESS" },
  ]);
  expect(broken.asked).toHaveLength(4);
  expect(warnings).toContain("Source busy gave only 1 rows");
});

test("a later attempt: what was fetched is not asked for again", async () => {
  const { url, host, asked } = await site((path, n) => {
    if (path === "/good") return json([{ at: "good" }]);
    return n <= 4 ? { status: 503 } : json([{ at: "late" }]);
  });
  const config = { allow_hosts: [host], on_error: "fail", concurrency: 1, max_wait: 60 };
  await using runtime = await createTestRuntime({
    packs: [pack],
    files: {
      "late.yml": `name: late
input_data_units: { sources: { class: DataUnitMemory } }
steps:
  collect: { class: DataCollectionStep, config: ${JSON.stringify(config)}, inputs: { input_sources: { from: sources } } }
`,
    },
  });
  const run = await runtime.start(await runtime.load("late.yml"), { sources: { api: [`${url}/good`, `${url}/late`] } });
  await runtime.settled();
  expect(asked).toEqual(["GET /good", "GET /late", "GET /late", "GET /late"]);
  await runtime.clock.advance(600_000);
  const { status, outputs } = await run.result();
  expect(status).toBe("completed");
  expect((outputs["collect.collected_data"] as JsonObject)["records"]).toEqual([{ at: "good" }, { at: "late" }]);
  expect(asked.filter((line) => line === "GET /good").length).toBe(1);
});
