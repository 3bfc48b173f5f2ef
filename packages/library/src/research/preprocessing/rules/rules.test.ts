import type { Json, JsonObject } from "@nanobrain/engine";
import { loadCondition } from "@nanobrain/engine/steps";
import { beforeAll, describe, expect, test } from "vitest";
import { compileRules } from "./compile-rules.js";
import { fixMojibake, stripHtml } from "./mend-text.js";
import { type DateOrder, readDate } from "./read-date.js";
import { readNumber } from "./read-number.js";
import type { CompileCondition } from "./record-rules.js";
import { isDropped } from "./rule.js";

let compile: CompileCondition;
beforeAll(async () => {
  compile = await loadCondition();
});

const silent = { changed: () => undefined, issue: () => undefined };

/** A record after a rule, or why it is dropped. */
function ruled(rule: Json, record: Json): Json {
  const { rules, problems } = compileRules([rule], compile);
  expect(problems).toEqual([]);
  const outcome = rules[0]?.apply(record as JsonObject, silent) ?? {};
  return isDropped(outcome) ? `dropped: ${outcome.dropped}` : (outcome as JsonObject);
}

describe("dates", () => {
  test.each<[string, DateOrder | undefined, string | undefined]>([
    ["2021", undefined, "2021"],
    ["2021-07", undefined, "2021-07"],
    ["2021-07-15T10:30:00Z", undefined, "2021-07-15T10:30:00Z"],
    ["Jun 12 1998", undefined, "1998-06-12"],
    ["Thursday, 15th July 2021", undefined, "2021-07-15"],
    ["July 2021", undefined, "2021-07"],
    ["2021 Jul 5", undefined, "2021-07-05"],
    ["2021/7/5", undefined, "2021-07-05"],
    ["20210705", undefined, "2021-07-05"],
    ["15.07.2021", undefined, "2021-07-15"],
    ["07/15/2021", undefined, "2021-07-15"],
    ["07/05/2021", undefined, undefined],
    ["07/05/2021", "dmy", "2021-05-07"],
    ["07/05/2021", "mdy", "2021-07-05"],
    ["2021-02-29", undefined, undefined],
    ["2020-02-29", undefined, "2020-02-29"],
    ["31 April 2021", undefined, undefined],
    ["12-May-98", undefined, undefined],
    ["soon", undefined, undefined],
  ])("%s, order %s: %s", (text, order, date) => {
    expect(readDate(text, order)).toBe(date);
  });
});

describe("numbers", () => {
  const units = { "%": 0.01, kg: 1, g: 0.001, $: 1 };
  test.each<[string, "." | ",", number | undefined]>([
    ["1,234.5", ".", 1234.5],
    ["1.234,5", ",", 1234.5],
    ["1 234 567", ".", 1_234_567],
    ["12,34", ".", undefined],
    ["0,123", ".", undefined],
    ["0,123", ",", 0.123],
    ["-.5", ".", -0.5],
    ["\u22123", ".", -3],
    ["(12)", ".", -12],
    ["1.5e3", ".", 1500],
    ["300 g", ".", 0.3],
    ["12.5 %", ".", 0.125],
    ["$1,200", ".", 1200],
    ["5 ft", ".", undefined],
    ["12345678901234567890", ".", undefined],
    ["1-2", ".", undefined],
    ["", ".", undefined],
  ])("%s, decimal sign %s: %s", (text, decimal, number) => {
    expect(readNumber(text, { decimal, units })).toBe(number);
  });
});

describe("texts", () => {
  test.each([
    ["cafÃ©", "café"],
    ["Ã¢â‚¬Å“quotedÃ¢â‚¬Â\u009d", "\u201cquoted\u201d"],
    ["naïve café – fine", "naïve café – fine"],
    ["Â£5", "£5"],
  ])("%s: read right", (text, mended) => {
    expect(fixMojibake(text)).toBe(mended);
  });

  test.each([
    ["<p>a <b>b</b></p><p>c</p>", "a b c"],
    ["a < b and c > d", "a < b and c > d"],
    ["x<script>alert('<b>')</script>y<!-- <i> -->z", "xyz"],
    ["&lt;b&gt;bold&lt;/b&gt; &amp;amp; &#233;", "bold & é"],
    ["open <b", "open <b"],
  ])("%s: without mark-up", (text, bare) => {
    expect(stripHtml(text)).toBe(bare);
  });
});

describe("rules", () => {
  test.each<[string, Json, Json, Json]>([
    ["deep and in lists", { trim: "*" }, { a: [" x ", { b: " y " }] }, { a: ["x", { b: "y" }] }],
    ["a path", { upper: "a.b" }, { a: [{ b: "x", c: "y" }] }, { a: [{ b: "X", c: "y" }] }],
    [
      "patterns of names",
      { lower: "name*" },
      { name: "A", name_2: "B", other: "C" },
      { name: "a", name_2: "b", other: "C" },
    ],
    ["the long form", { rule: "trim", field: "a" }, { a: " x ", b: " y " }, { a: "x", b: " y " }],
    ["rename", { rename: { a: "b" } }, { a: 1, c: 2 }, { b: 1, c: 2 }],
    ["rename into what is there", { rename: { a: "b" } }, { a: 1, b: 2 }, { a: 1, b: 2 }],
    ["swap", { rename: { a: "b", b: "a" } }, { a: 1, b: 2 }, { b: 1, a: 2 }],
    ["set_default", { set_default: { a: 0, b: "x" } }, { a: null, b: "y" }, { a: 0, b: "y" }],
    [
      "map_values",
      { map_values: { fields: "a", values: { "N/A": null, y: true } } },
      { a: ["y", "N/A", "z"] },
      { a: [true, null, "z"] },
    ],
    [
      "map_values otherwise",
      { map_values: { fields: "a", values: { y: true }, otherwise: false } },
      { a: "z" },
      { a: false },
    ],
    [
      "replace with groups",
      { replace: { fields: "a", pattern: "(\\w+), (\\w+)", with: "$2 $1" } },
      { a: "Ash, Ann" },
      { a: "Ann Ash" },
    ],
    ["replace all", { replace: { fields: "a", pattern: "a", with: "$$" } }, { a: "banana" }, { a: "b$n$n$" }],
    ["replace nothing", { replace: { fields: "a", pattern: "x*", with: "-" } }, { a: "ab" }, { a: "-a-b-" }],
    ["split", { split: { fields: "a", by: ";" } }, { a: "x; y;;z" }, { a: ["x", "y", "z"] }],
    ["split in a list", { split: { fields: "a", by: ";" } }, { a: ["x;y", "z"] }, { a: ["x", "y", "z"] }],
    ["clamp", { clamp: { fields: "a", min: 0, max: 1 } }, { a: [-1, 0.5, 7] }, { a: [0, 0.5, 1] }],
    ["range drops", { range: { fields: "a", max: 5 } }, { a: 7 }, "dropped: a: more than 5"],
    ["range empties", { range: { fields: "a", max: 5, on_error: "null" } }, { a: 7 }, { a: null }],
    ["require", { require: ["a", "b"] }, { a: " ", b: 1 }, "dropped: lacks a"],
    ["filter", { filter: "a > 3" }, { a: 3 }, "dropped: not a > 3"],
    ["filter without the field", { filter: "a > 3" }, { b: 3 }, "dropped: not a > 3"],
    ["keep_fields", { keep_fields: ["a*"] }, { a: 1, ab: 2, b: 3 }, { a: 1, ab: 2 }],
    ["drop_fields", { drop_fields: "b" }, { a: 1, b: 3 }, { a: 1 }],
    ["drop_empty", "drop_empty", { a: "", b: [], c: 0, d: null }, { c: 0 }],
    [
      "parse_number that drops",
      { parse_number: { fields: "a", on_error: "drop" } },
      { a: "many" },
      "dropped: a: no number that can be read",
    ],
  ])("%s", (_, rule, record, result) => {
    expect(ruled(rule, record)).toEqual(result);
  });

  test.each<[Json, RegExp]>([
    ["not a list", /a list of rules is expected/],
    [[{ trimm: "*" }], /there is no rule "trimm"; there are trim,/],
    [[{ trim: "*", lower: "*" }], /a map of its name to its options/],
    [[{ trim: {} }], /needs fields/],
    [[{ parse_date: { fields: "a", order: "xyz" } }], /order must be one of ymd, dmy, mdy/],
    [[{ replace: { fields: "a", pattern: "(?<=x)y" } }], /pattern cannot be used/],
    [[{ clamp: { fields: "a", min: 3, max: 1 } }], /min is greater than max/],
    [[{ trim: { fields: "a", deep: true } }], /has "deep", which it does not know/],
    [[{ filter: "a >" }], /./],
    [[{ constructor: "a" }], /there is no rule "constructor"/],
  ])("%j: refused with a sentence", (written, problem) => {
    const { problems } = compileRules(written, compile);
    expect(problems.map((each) => each.problem).join("; ")).toMatch(problem);
  });

  test("a hostile pattern: the time is bounded", () => {
    const record = { a: `${"a".repeat(50_000)}!` };
    expect(ruled({ replace: { fields: "a", pattern: "(a+)+$", with: "" } }, record)).toEqual(record);
  });
});
