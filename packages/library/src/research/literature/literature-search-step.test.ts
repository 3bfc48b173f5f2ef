import { fileURLToPath } from "node:url";
import type { Json, JsonObject } from "@nanobrain/engine";
import { createTestRuntime, recordHttp } from "@nanobrain/engine/testing";
import { describe, expect, it } from "vitest";
import { pack as library } from "../../pack.js";
import { createHostTurns } from "../host-turns.js";
import { literatureSearchStepBy } from "./literature-search-step.js";

/** The step with turns whose time passes as soon as somebody waits. */
let now = 0;
const sleep = async (ms: number): Promise<void> => {
  now += ms;
};
const step = literatureSearchStepBy(createHostTurns({ nowMs: () => now, sleep }));
const classes = library.classes.map((entry) =>
  entry.class === step.class ? { ...entry, load: async () => step } : entry,
);
const pack = { ...library, classes };

const recordings = fileURLToPath(new URL("../../../../../examples/research/recordings", import.meta.url));

const document = (config: string) => `name: search
input_data_units:
  topic: { class: DataUnitMemory }
steps:
  find:
    class: nanobrain.library.steps.LiteratureSearchStep
    config: ${config}
    inputs: { query: { from: topic } }
`;

type Found = JsonObject & {
  readonly id: string;
  readonly sources: readonly string[];
  readonly quality: { score: number };
};

async function search(config: string, topic: Json = "deep learning protein structure prediction", secrets = {}) {
  const http = recordHttp(recordings);
  await using runtime = await createTestRuntime({
    packs: [pack],
    http,
    files: { "search.yml": document(config) },
    secrets,
  });
  const result = await (await runtime.start(await runtime.load("search.yml"), { topic })).result();
  return {
    ...result,
    requests: http.requests,
    found: (result.outputs["find.search_results"] ?? []) as unknown as readonly Found[],
    report: (result.outputs["find.report"] ?? {}) as JsonObject,
  };
}

const flagship = "{ search_engines: [pubmed, arxiv, google_scholar], max_results: 100, quality_threshold: 0.8 }";

describe("LiteratureSearchStep on recordings", () => {
  it("flagship: what three engines know is one list, scored, best first", async () => {
    const { status, found, report } = await search(flagship);
    expect(status).toBe("completed");
    expect(found).toHaveLength(39);
    const scores = found.map(({ quality }) => quality.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.8);
    expect(report).toMatchObject({ taken: 65, duplicates: 24, works: 41, below_threshold: 2, over_max_results: 0 });
    expect(report["engines"]).toMatchObject({
      pubmed: { status: "ok", requests: 2, taken: 21 },
      arxiv: { requests: 1, taken: 11 },
      google_scholar: { service: "OpenAlex", requests: 1, taken: 33, results: 31 },
    });
  });

  it("records: those of one work are one, with what each engine knows", async () => {
    const { found } = await search(flagship);
    const merged = found.find(({ id }) => id === "doi:10.1109/tpami.2021.3095381");
    expect(merged).toMatchObject({
      title: "ProtTrans: Toward Understanding the Language of Life Through Self-Supervised Learning",
      pmid: "34232869",
      arxiv_id: "2007.06225",
      year: 2022,
      date: "2022-10",
      citations: 700,
      type: "article",
      sources: ["pubmed", "openalex", "arxiv"],
      queries: ["deep learning protein structure prediction"],
    });
    expect(merged?.["authors"]).toContainEqual({ family: "Elnaggar", given: "Ahmed" });
    const titles = found.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("google_scholar: the run says that OpenAlex was asked", async () => {
    const { warnings, found } = await search(flagship);
    expect(warnings.map(({ message }) => message).join()).toContain("OpenAlex is searched in its place");
    expect(found.flatMap(({ sources }) => sources)).not.toContain("google_scholar");
  });

  it("max_results: the best ones are kept, the others counted", async () => {
    const config =
      "{ search_engines: [pubmed, arxiv, google_scholar], per_engine: 100, max_results: 5, fields: [title] }";
    const { found, report } = await search(config);
    expect(found.map((record) => Object.keys(record).sort())).toEqual(Array(5).fill(["id", "quality", "title"]));
    expect(report).toMatchObject({ results: 5, over_max_results: 36, below_threshold: 0 });
  });

  it("an engine that fails: the others go on, and the report and the run say so", async () => {
    const config = "{ search_engines: [pubmed, europe_pmc], max_results: 100 }";
    const { status, found, report, warnings } = await search(config);
    expect(status).toBe("completed");
    expect(found).toHaveLength(21);
    expect(report["engines"]).toMatchObject({ europe_pmc: { status: "failed", error: { code: "E_RECORDING" } } });
    expect(warnings.map(({ message }) => message).join()).toContain("Europe PMC gave nothing");
  });

  it("all engines fail, or all are wanted: the step fails with what they said", async () => {
    const none = await search("{ search_engines: [europe_pmc, openalex], max_results: 7 }");
    expect(none.failures[0]?.failure).toMatchObject({
      code: "E_SEARCH_FAILED",
      kind: "configuration",
      retryable: false,
    });
    const one = await search("{ search_engines: [europe_pmc] }");
    expect(one.failures[0]?.failure).toMatchObject({ code: "E_RECORDING" });
    const some = await search("{ search_engines: [pubmed, europe_pmc], max_results: 100, on_engine_error: fail }");
    expect(some.failures[0]?.failure).toMatchObject({ code: "E_SEARCH_FAILED" });
  });

  it("keys: those that are set are used, and recordings are found with and without them", async () => {
    const secrets = { NCBI_API_KEY: "k-1", OPENALEX_API_KEY: "k-2" };
    const { requests, found } = await search(flagship, undefined, secrets);
    expect(found).toHaveLength(39);
    const keyed = requests.filter(({ url }) => url.includes("api_key=")).map(({ url }) => new URL(url).host);
    expect(keyed).toEqual(expect.arrayContaining(["eutils.ncbi.nlm.nih.gov", "api.openalex.org"]));
    expect(JSON.stringify(requests)).not.toMatch(/k-[12]/);
  });

  it("query: nothing to search for is one clear sentence", async () => {
    for (const topic of ["  ", [], { from_year: 2020 }, 7, { query: "x", from_year: "soon" }]) {
      const { failures } = await search("{ search_engines: [pubmed] }", topic);
      expect(failures[0]?.failure).toMatchObject({ code: "E_SEARCH_QUERY", kind: "data_validation" });
    }
  });
});
