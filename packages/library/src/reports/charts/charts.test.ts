import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultCharts } from "./default-charts.js";
import { drawChart } from "./draw-chart.js";
import { binned } from "./histogram-bins.js";
import { makeChart } from "./make-chart.js";

const rows = [
  { year: 2020, place: "a", n: 1, g: "x" },
  { year: 2018, place: "b", n: 2, g: "y" },
  { year: 2020, place: "b", n: 4, g: "x" },
  { year: null, place: "", n: "no", g: "y" },
];

test("charts: counts by category in order of numbers; sums, means and groups", () => {
  expect(makeChart({ type: "bar", data: "rows", x: "year" }, { rows }, 0)).toMatchObject({
    categories: ["2018", "2019", "2020"],
    series: [
      {
        name: "Count",
        points: [
          [0, 1],
          [1, 0],
          [2, 2],
        ],
      },
    ],
    yTitle: "Count",
  });
  expect(
    makeChart(
      { type: "bar", data: "rows", x: "place", y: "n", aggregate: "mean", sort: "value", unit: "kg" },
      { rows },
      0,
    ),
  ).toMatchObject({
    categories: ["b", "a"],
    series: [
      {
        points: [
          [0, 3],
          [1, 1],
        ],
      },
    ],
    yTitle: "N (kg)",
  });
  const grouped = makeChart({ type: "line", data: "rows", x: "year", y: "n", group: "g" }, { rows }, 0);
  expect(grouped.series.map((one) => one.name)).toEqual(["x", "y"]);
});

test("charts: each kind is drawn, twice the same, as text that a reader finds, without scripts and styles", async () => {
  for (const type of ["bar", "line", "scatter", "histogram", "heatmap", "pie"] as const) {
    const chart = makeChart(
      {
        type,
        data: "rows",
        x: type === "heatmap" ? "place" : "n",
        y: type === "histogram" ? "n" : type === "heatmap" ? "g" : "n",
        title: "A <b> & title",
        name: "one",
      },
      { rows },
      0,
    );
    const [first, again] = [await drawChart(chart), await drawChart(chart)];
    expect(first.svg).toBe(again.svg);
    expect(first.svg).toContain("A &lt;b&gt; &amp; title");
    expect(first.svg).not.toMatch(/<script|<style|zr\d|class=|<image|href=/);
    expect(first.alt).toContain("A <b> & title");
  }
});

test("histogram: every value is in one bin, and edges are round", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1, maxLength: 200 }),
      (values) => {
        const { series, categories } = binned(values);
        const counted = series[0]?.points.reduce((sum, [, n = 0]) => sum + n, 0);
        expect(counted).toBe(values.length);
        expect(categories.length).toBeLessThanOrEqual(200);
        expect(categories.join()).not.toMatch(/NaN|Infinity/);
      },
    ),
    { examples: [[[0, 5e-324]], [[1e9, 1e9 + 1e-7]], [[1e300]]] },
  );
});

test("charts of their own choice: any data gives charts that can be made, or none", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue()), (data) => {
      expect(defaultCharts({ data } as never).length).toBeLessThanOrEqual(4);
    }),
  );
  const references = [2019, 2020, 2020].map((year) => ({ title: "t", year, venue: "" }));
  expect(defaultCharts({ references, data: {} }).map((one) => one.name)).toEqual(["publications-by-year"]);
});

test("charts of their own choice: what cleaned data says of its own making is none, its search is named", () => {
  const counted = (name: string, at: number) => ({ name, filled: at, records: at });
  const rows = ["a", "b", "c"].map(counted);
  const clean = { data_quality_score: 1, fields: rows, counts: { given: 3, clean: 3, dropped: 0 }, quality: {} };
  const charts = defaultCharts({ data: { input_data: { ...clean, search: { engines: rows } } } });
  expect(charts.map((one) => one.name)).toEqual(["publications-by-service"]);
});
