import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Json, JsonObject } from "@nanobrain/engine";
import { canonicalJson, loadCondition } from "@nanobrain/engine/steps";
import { createTestRuntime } from "@nanobrain/engine/testing";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { pack } from "../../pack.js";
import { preprocess } from "./preprocess.js";
import type { PreprocessingConfig } from "./preprocessing-config.js";
import { usualWeights } from "./quality-score.js";
import { compileRules } from "./rules/compile-rules.js";
import type { CompileCondition } from "./rules/record-rules.js";

let compile: CompileCondition;

beforeAll(async () => {
  compile = await loadCondition();
});

function clean(raw: Json, written: Json = [], more: Partial<PreprocessingConfig> = {}) {
  const { rules, problems } = compileRules(written, compile);
  expect(problems).toEqual([]);
  const config: PreprocessingConfig = {
    cleaning_rules: [],
    normalization: false,
    deduplication: false,
    quality_weights: usualWeights,
    max_listed: 100,
    ...more,
  };
  const made = preprocess(raw, config, rules, () => undefined);
  return {
    ...made,
    records: made.cleanData["records"] as readonly JsonObject[],
    counts: made.report["counts"] as JsonObject,
  };
}

function movies(): readonly JsonObject[] {
  const file = resolve(import.meta.dirname, "../../../../../node_modules/vega-datasets/data/movies.json");
  return JSON.parse(readFileSync(file, "utf8")) as readonly JsonObject[];
}

const movieRules: Json = [
  { rename: { "Release Date": "released", Title: "title", "US Gross": "us_gross" } },
  { parse_date: "released" },
  { range: { fields: "IMDB Rating", min: 0, max: 10 } },
  { filter: 'released < "2012"' },
  { require: ["title", "us_gross"] },
  { drop_empty: "*" },
];

describe("a real table", () => {
  test("movies: dates become ISO, impossible years are dropped, every row is kept or listed", () => {
    const rows = movies();
    const { records, dropped, report, counts } = clean(rows, movieRules, { normalization: true, deduplication: true });
    expect(counts["given"]).toBe(3201);
    expect(records.length + dropped.length).toBe(3201);
    expect(records.every(({ released }) => /^\d{4}-\d{2}-\d{2}$/.test(String(released)))).toBe(true);
    expect(records[0]).toMatchObject({ title: "The Land Girls", released: "1998-06-12", us_gross: 146083 });
    const late = dropped.filter(({ by }) => by === "4 filter");
    expect(late.length).toBe(rows.filter((row) => Number(String(row["Release Date"]).slice(-4)) >= 2012).length);
    expect(late.length).toBeGreaterThan(10);
    const score = report["data_quality_score"] as number;
    expect(score).toBeGreaterThan(0.9);
    expect(score).toBeLessThan(1);
  });

  test("remakes: the same title in another year is no duplicate", () => {
    const kings = movies().filter(({ Title }) => Title === "King Kong");
    expect(kings.length).toBe(2);
    expect(clean(kings, [], { deduplication: true }).records.length).toBe(2);
  });

  test("30,000 records: cleaned, normalized and deduplicated, the copies found", () => {
    const rows = movies();
    const many = Array.from({ length: 30_000 }, (_, at): JsonObject => {
      const row = rows[at % rows.length] as JsonObject;
      const copy = Math.floor(at / 2 / rows.length);
      return { ...row, Title: `${String(row["Title"])} part ${copy}`, place: ` Hall  ${copy} ` };
    });
    const { records, dropped } = clean(many, [{ collapse_whitespace: "*" }, { parse_date: "Release Date" }], {
      normalization: true,
      deduplication: true,
    });
    expect(records.length + dropped.length).toBe(30_000);
    // Every row is there twice, but for what the last round did not reach.
    expect(dropped.length).toBeGreaterThan(13_900);
    expect(dropped.length).toBeLessThan(16_500);
  }, 120_000);
});

describe("quality", () => {
  test("score: the weighted mean of its parts, as documented", () => {
    const raw = [
      { name: "a", size: 1 },
      { name: "a", size: 1 },
      { name: "b", size: null },
      { name: "c", size: "large" },
      "no record",
    ];
    const { cleanData } = clean(raw, [], { deduplication: { exact: true, keys: [], near: false, ignore: [] } });
    // 3 clean of 5 given: 1 of 5 faulty, 1 of 5 a duplicate; 5 of 6 values there; of `size` 1 of 2 of its type: 4 of 5.
    expect(cleanData["quality"]).toEqual({ completeness: 0.8333, validity: 0.8, uniqueness: 0.8, consistency: 0.8 });
    expect(cleanData["data_quality_score"]).toBe(0.8117);
  });

  test("nothing given: the score is 0", () => {
    expect(clean([]).cleanData["data_quality_score"]).toBe(0);
  });

  test("records that the collection set aside: they count as faults", () => {
    const raw = { records: [{ a: 1 }], validation: { invalid: 1 } };
    expect(clean(raw).cleanData["quality"]).toMatchObject({ validity: 0.5 });
  });
});

const word = fc.constantFrom(
  "Alpha",
  "alpha ",
  "béta",
  "be\u0301ta",
  "N/A",
  "1,234",
  "12",
  "2021-07-15",
  "15 July 2021",
  " ",
  "x",
);
const value = fc.oneof(
  word,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
);
const name = fc.constantFrom("title", "doi", "year", "date", "size", "__proto__", "constructor");
const record = fc
  .array(fc.tuple(name, fc.oneof(value, fc.array(value, { maxLength: 3 }))))
  .map((entries) => Object.fromEntries(entries) as JsonObject);
const table = fc.array(fc.oneof({ weight: 9, arbitrary: record }, { weight: 1, arbitrary: value }), { maxLength: 25 });
const someRules: Json = [
  { strip_html: "*" },
  { collapse_whitespace: "*" },
  { fix_mojibake: "*" },
  { lower: "title" },
  { rename: { size: "amount" } },
  { parse_number: { fields: "amount", units: { x: 1 } } },
  { range: { fields: "amount", min: -1e6, max: 1e6 } },
  { set_default: { year: 2000 } },
];
const all = { normalization: true, deduplication: true } as const;

describe("promises", () => {
  test("any table: no record is lost without a trace", () => {
    fc.assert(
      fc.property(table, (raw) => {
        const { records, dropped } = clean(raw as Json, someRules, all);
        expect(records.length + dropped.length).toBe(raw.length);
        expect(new Set(dropped.map(({ index }) => index)).size).toBe(dropped.length);
        expect(dropped.every(({ reason, by }) => reason !== "" && by !== "")).toBe(true);
      }),
    );
  });

  test("any table: cleaning what is clean changes nothing", () => {
    fc.assert(
      fc.property(table, (raw) => {
        const once = clean(raw as Json, someRules, all);
        const twice = clean(once.records as Json, someRules, all);
        expect(twice.records).toEqual(once.records);
        expect(twice.dropped).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("any order: the same records are kept", () => {
    const shuffled = table.chain((raw) =>
      fc.tuple(fc.constant(raw), fc.shuffledSubarray(raw, { minLength: raw.length })),
    );
    const texts = (records: readonly JsonObject[]): readonly string[] => records.map(canonicalJson).sort();
    fc.assert(
      fc.property(shuffled, ([raw, other]) => {
        expect(texts(clean(other as Json, someRules, all).records)).toEqual(
          texts(clean(raw as Json, someRules, all).records),
        );
      }),
    );
  });
});

describe("hostile input", () => {
  test("names of prototypes, deep nesting, long texts: they are values like others", () => {
    let deep: Json = " x ";
    for (let i = 0; i < 2_000; i++) deep = [deep];
    const raw = JSON.parse('[{"__proto__":{"polluted":" yes "},"constructor":" c "}]') as JsonObject[];
    const long = `${"<".repeat(200_000)}${"&lt;".repeat(50_000)}`;
    const { records } = clean([...raw, { deep }, { long, title: "t" }], [{ trim: "*" }, { strip_html: "*" }], all);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
    expect(Object.hasOwn(records[0] as JsonObject, "__proto__")).toBe(true);
    expect(JSON.stringify(records[0])).toBe('{"__proto__":{"polluted":"yes"},"constructor":"c"}');
    expect(records.length).toBe(3);
  });

  test.each(["text", 5, null])("%j on raw_data: it is refused with a sentence", (raw) => {
    expect(() => clean(raw)).toThrow(/Cannot clean: a list of records is expected on raw_data/);
  });
});

test("method: what was done and with which bounds, in words; what was not done is not there", () => {
  const outliers = { fields: ["a"], method: "mad", action: "null" } as const;
  const { cleanData } = clean([{ a: 1 }], [{ trim: "*" }, { require: "a" }], { deduplication: true, outliers });
  expect(cleanData["method"]).toEqual({
    rules: ["trim", "require"],
    deduplication: [
      "equal records",
      "equal doi",
      "equal pmid",
      "equal pmcid",
      "equal arxiv_id",
      "nearly equal from 0.9",
    ],
    outliers: ["3.5 median distances, emptied"],
  });
  expect(clean([{ a: 1 }]).cleanData["method"]).toEqual({});
});

describe("decimal commas", () => {
  const numbers = (texts: readonly string[]): readonly Json[] =>
    clean(
      texts.map((value) => ({ value })),
      [],
      { normalization: { text: true, missing: true, identifiers: true, numbers: true, dates: true, scale: {} } },
    ).records.map(({ value }) => value ?? null);

  test.each<[string, readonly string[], readonly Json[]]>([
    ["one that only a decimal comma explains", ["1,5", "1,234", "2"], [1.5, 1.234, 2]],
    ["a zero before the comma", ["0,123", "0,456"], [0.123, 0.456]],
    ["points group where commas are decimal", ["1.234,5", "2,5"], [1234.5, 2.5]],
    ["commas that may group", ["1,234", "2,345"], [1234, 2345]],
    ["both signs as in English", ["1,234.5", "2.5"], [1234.5, 2.5]],
    ["neither way fits", ["1,5", "2.5"], ["1,5", "2.5"]],
  ])("a column with %s: %j", (_, texts, read) => {
    expect(numbers(texts)).toEqual(read);
  });
});

test("rules of a document that make no sense: each is an error at load, with its line", async () => {
  await using runtime = await createTestRuntime({
    packs: [pack],
    files: {
      "clean.yml": `name: clean
input_data_units:
  rows: { class: DataUnitMemory }
steps:
  clean:
    class: DataPreprocessingStep
    config:
      cleaning_rules:
        - range: price
        - trim: "*"
        - rename: { a: a }
    inputs: { raw_data: { from: rows } }
`,
    },
  });
  expect((await runtime.load("clean.yml")).diagnostics).toMatchObject([
    { line: 9, column: 18, message: "Cleaning rule 1 cannot be used: needs min or max" },
    { line: 11, message: 'Cleaning rule 3 cannot be used: "a" is given the name that it has' },
  ]);
});
