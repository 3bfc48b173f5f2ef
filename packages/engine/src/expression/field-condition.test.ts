import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import { compileCondition } from "./condition.js";
import { type FieldTest, fieldCondition } from "./field-condition.js";

function passes(test: FieldTest, value: Json): boolean | string {
  const condition = compileCondition(fieldCondition(test));
  if (!condition.ok) return condition.problems.map((problem) => problem.message).join();
  const verdict = condition.evaluate(value);
  return "failed" in verdict ? verdict.failed : verdict.pass;
}

describe("fieldCondition", () => {
  const value = { score: 0.8, tags: ["a"], text: "it's", meta: { year: 2020, in: 1 }, "odd name": -1, not: 3 };
  it.each<[FieldTest, string, boolean]>([
    [{ field: "score", operator: "gt", value: 0.7 }, "score > 0.7", true],
    [{ field: "score", operator: "le", value: 0.7 }, "score <= 0.7", false],
    [{ field: "meta.year", operator: "eq", value: 2020 }, "meta.year == 2020", true],
    [{ field: "meta.in", operator: "ne", value: null }, 'meta["in"] != null', true],
    [{ field: "odd name", operator: "lt", value: -0.5 }, 'value["odd name"] < -0.5', true],
    [{ field: "not", operator: "ge", value: 3 }, "value.not >= 3", true],
    [{ field: "score", operator: "in", value: [0.8, 1] }, "score in [0.8, 1]", true],
    [{ field: "tags", operator: "contains", value: "a" }, 'tags.contains("a")', true],
    [{ field: "text", operator: "contains", value: "t'" }, 'text.contains("t\'")', true],
    [{ field: "meta.month", operator: "exists" }, "has(meta.month)", false],
    [{ field: "meta.month", operator: "exists", value: false }, "!has(meta.month)", true],
    [{ field: "meta", operator: "eq", value: { in: 1, year: 2020 } }, 'meta == {"in": 1, "year": 2020}', true],
  ])("field test %j: is %s", (test, text, expected) => {
    expect(fieldCondition(test)).toBe(text);
    expect(passes(test, value)).toBe(expected);
  });

  it("any field name and any JSON value: equality holds for the value itself", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => !text.includes("."));
    fc.assert(
      fc.property(name, fc.jsonValue({ maxDepth: 2 }), (field, wanted) => {
        const json = JSON.parse(JSON.stringify(wanted)) as Json;
        fc.pre(!/__proto__|prototype|constructor|__define|__lookup/.test(JSON.stringify([field, json])));
        expect(passes({ field, operator: "eq", value: json }, { [field]: json })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
