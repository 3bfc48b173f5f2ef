import type { Json, JsonObject } from "@nanobrain/engine";
import { loadCondition } from "@nanobrain/engine/steps";
import fc from "fast-check";
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

const fieldRules = [
  "trim",
  "collapse_whitespace",
  "strip_html",
  "unicode_nfc",
  "fix_mojibake",
  "lower",
  "upper",
  "to_text",
  "drop_empty",
];
const oneOf = fc.constantFrom;
const fields = oneOf<Json>("a", "b", ["a", "b"], "a.b", "*", "a*", [], "", 3);
const bound = fc.option(oneOf<Json>(-1, 0, 6, "x"), { nil: undefined });
const onError = fc.option(oneOf("keep", "null", "drop", "no"), { nil: undefined });
const dictionary = (keys: readonly string[], made: readonly Json[]) =>
  fc.dictionary(oneOf(...keys), oneOf(...made), { maxKeys: 3 });
const named = (name: string, options: fc.Arbitrary<unknown>): fc.Arbitrary<JsonObject> =>
  options.map((given) => JSON.parse(JSON.stringify({ [name]: given })) as JsonObject);
/** Rules as people write them, sensible and not. */
const anyRule = fc.oneof(
  ...fieldRules.map((name) => named(name, fields)),
  ...["drop_fields", "keep_fields", "require"].map((name) => named(name, fields)),
  ...["clamp", "range"].map((name) =>
    named(
      name,
      fc.record({ fields, min: bound, max: bound, on_error: name === "range" ? onError : fc.constant(undefined) }),
    ),
  ),
  named(
    "map_values",
    fc.record({
      fields,
      values: dictionary(["a", "7", "true", "n"], ["a", 7, "7", null, "n"]),
      otherwise: fc.option(oneOf<Json>(0, "x"), { nil: undefined }),
    }),
  ),
  named(
    "replace",
    fc.record({
      fields,
      pattern: oneOf("a", "x", "[a-z]", "", "("),
      with: fc.option(oneOf("a", "x", "$&", ""), { nil: undefined }),
    }),
  ),
  named("parse_number", fc.record({ fields, decimal: oneOf(".", ",", ";"), units: dictionary(["kg"], [2, 0]) })),
  named(
    "parse_date",
    fc.record({ fields, order: fc.option(oneOf("dmy", "now"), { nil: undefined }), on_error: onError }),
  ),
  named("rename", dictionary(["a", "b", "names"], ["a", "b", "c", "", 7])),
  named("set_default", dictionary(["a", "b"], [0, "x", null, ""])),
  named("filter", oneOf<Json>("true", "1 < 2", "a > 1", "has(a)", "'a' == 'a'", "a ==")),
  named("split", fc.record({ fields, by: fc.option(oneOf(";", "", " "), { nil: undefined }) })),
);

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
    ["drop_fields below", { drop_fields: ["a.b", "x.y"] }, { a: [{ b: 1, c: 2 }], "x.y": 3 }, { a: [{ c: 2 }] }],
    ["keep_fields below", { keep_fields: ["a.b", "d"] }, { a: { b: 1, c: 2 }, d: 3, e: 4 }, { a: { b: 1 }, d: 3 }],
    ["drop_empty below", { drop_empty: "a.*" }, { a: { b: "", c: 0 }, d: "" }, { a: { c: 0 }, d: "" }],
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
    [[{ filter: "1 < 2 and 'a' != \"year\"" }], /the same of every record/],
    [[{ range: "price" }], /^needs min or max$/],
    [[{ clamp: { fields: "price" } }], /^needs min or max$/],
    [[{ map_values: "a" }], /needs values/],
    [[{ map_values: { fields: "a", values: { y: "y" } } }], /needs values/],
    [[{ replace: "a" }], /^needs a pattern$/],
    [[{ replace: { fields: "a", pattern: "x", with: "$&" } }], /gives back what was found/],
    [[{ rename: {} }], /needs names/],
    [[{ rename: "a" }], /needs names/],
    [[{ rename: { a: "a" } }], /the name that it has/],
    [[{ rename: { a: "c", b: "c" } }], /"c" is the new name of two fields/],
    [[{ rename: { names: { a: "b" }, fields: "a" } }], /has "fields", which it does not know: names/],
    [[{ set_default: {} }], /needs values/],
    [[{ set_default: { a: null } }], /needs a value that is not empty/],
    [["require"], /whole names, without \*/],
    [[{ dedupe: "a*" }], /whole names, without \*/],
    [["drop_fields"], /would drop all fields/],
    [[{ keep_fields: ["a", "*"] }], /would keep all fields/],
    [[{ trim: { field: "a", fields: "b" } }], /both field and fields/],
    [[{ constructor: "a" }], /there is no rule "constructor"/],
  ])("%j: refused with a sentence", (written, problem) => {
    const { problems } = compileRules(written, compile);
    expect(problems.map((each) => each.problem).join("; ")).toMatch(problem);
  });

  test("property: a rule that is taken does something to some record", () => {
    const values = [
      " X ",
      "x y",
      "a;a;b",
      "b;b",
      "banana",
      "<b>x</b>",
      "caf\u00c3\u00a9",
      "e\u0301 E",
      "1,5",
      "7",
      "7 kg",
      "2021/07/05",
      "1.2.2021",
      "a",
      "true",
      "",
      "n",
      5,
      -3,
      1e9,
      7,
      0,
      true,
      false,
      null,
      [],
      ["a"],
    ];
    const probes: readonly JsonObject[] = [
      {},
      { names: 1 },
      ...values.flatMap((value) => [
        { a: value },
        { b: value, c: 1 },
        { a: { b: value } },
        { a: [{ b: value, c: value }] },
      ]),
    ];
    const does = (written: Json): boolean => {
      let isTold = false;
      const tell = (): void => {
        isTold = true;
      };
      const [rule] = compileRules([written], compile).rules;
      return probes.some((record) => {
        const outcome = rule?.apply(record, { changed: tell, issue: tell }) ?? record;
        return isTold || isDropped(outcome) || outcome !== record;
      });
    };
    const taken: string[] = [];
    fc.assert(
      fc.property(anyRule, (written) => {
        if (compileRules([written], compile).problems.length > 0) return;
        const [name = ""] = Object.keys(written);
        taken.push(name);
        expect([written, does(written)]).toEqual([written, true]);
      }),
      { numRuns: 3000 },
    );
    expect(new Set(taken).size).toBe(fieldRules.length + 13);
  });

  test("a hostile pattern: the time is bounded", () => {
    const record = { a: `${"a".repeat(50_000)}!` };
    expect(ruled({ replace: { fields: "a", pattern: "(a+)+$", with: "" } }, record)).toEqual(record);
  });
});
