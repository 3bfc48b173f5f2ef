import { fileURLToPath } from "node:url";
import type { Json, JsonObject } from "@nanobrain/engine";
import { createTestRuntime, recordHttp } from "@nanobrain/engine/testing";
import { describe, expect, it } from "vitest";
import { pack } from "../../pack.js";

const recordings = fileURLToPath(new URL("../../../../../examples/research/recordings", import.meta.url));

const document = (config: string) => `name: search
input_data_units:
  topic: { class: DataUnitString }
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

async function search(config: string, topic: Json = "deep learning protein structure prediction", folder = recordings) {
  const http = recordHttp(folder);
  await using runtime = await createTestRuntime({ packs: [pack], http, files: { "search.yml": document(config) } });
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
  it("flagship: most of what three engines know is one list, scored, best first", async () => {
    const { status, found, report } = await search(flagship);
    console.log(found.map((f) => `${f.quality.score} ${f.id} ${f.sources.join()} ${JSON.stringify(f.quality.parts)}`).join("\n"), JSON.stringify(report, null, 1));
    expect(status).toBe("completed");
    expect(found.length).toBeGreaterThanOrEqual(35);
    const scores = found.map(({ quality }) => quality.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.8);
    expect(report).toMatchObject({ taken: 65, below_threshold: 2, engines: { pubmed: { requests: 2, taken: 21 } } });
  });
});
