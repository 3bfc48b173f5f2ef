import { expect, test } from "vitest";
import { reportVariables } from "./format-for-report.js";
import { methodsText } from "./methods.js";

const making = {
  nanobrain: "0.1.0",
  library: "0.1.1",
  node: "22.1.0",
  runId: "brave-franklin",
  madeAt: "2026-01-02T00:00:00.000Z",
  formats: ["pdf"],
  template: "the built-in template",
};

test("methods: engines, queries with their years, bounds, rules, versions and run are named", () => {
  const variables = reportVariables({
    search: {
      queries: [{ query: "alphavirus *", from_year: 2015 }],
      searched_at: "2026-01-01T10:00:00.000Z",
      engines: {
        pubmed: { service: "PubMed", status: "ok", found: 210, taken: 100 },
        arxiv: { service: "arXiv", status: "failed", found: 0, taken: 0 },
      },
      duplicates: 12,
      below_threshold: 3,
      quality: { threshold: 0.6 },
    },
    clean: {
      data_quality_score: 0.91234,
      counts: { given: 100, clean: 90, dropped: 10, duplicates: 4, invalid_before: 0 },
      method: { rules: ["trim", "parse number"], deduplication: ["equal doi", "nearly equal from 0.9"] },
    },
    model: "some-model",
    usage: { calls: 2 },
  });
  const text = methodsText(variables, 1, making).replace(/\\/g, "");
  expect(text).toContain(
    "Literature was searched in PubMed (210 found, 100 taken), arXiv (0 found, 0 taken, the search failed) on 2026-01-01 for \u201calphavirus *\u201d (2015\u2013).",
  );
  expect(text).toContain("12 duplicates were joined with others; 3 works with a score below 0.6 were left out.");
  expect(text).toContain(
    "Records were cleaned by rules (trim, parse number); freed of duplicates (equal doi, nearly equal from 0.9).",
  );
  expect(text).toContain("Cleaning kept 90 of 100 records and dropped 10, of them 4 as duplicates.");
  expect(text).toContain("with the model `some-model` (2 calls)");
  expect(text).toMatch(/NanoBrain 0\.1\.0 \(library 0\.1\.1, Node\.js 22\.1\.0\) in run `brave-franklin`/);
});

test("methods: what nothing says is not told", () => {
  expect(methodsText(reportVariables(undefined), 0, making)).toMatch(/^The report was made on [^\n]*$/);
});
