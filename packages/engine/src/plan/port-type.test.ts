import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../contracts/json.js";
import { portTypeProblem, surelyMeets } from "./port-type.js";

const object = (properties: { [name: string]: JsonSchema }, more: { [key: string]: JsonSchema | string[] } = {}) =>
  ({ type: "object", properties, ...more }) as JsonSchema;

const text: JsonSchema = { type: "string" };
const number: JsonSchema = { type: "number" };

type Row = readonly [title: string, given: JsonSchema, expected: JsonSchema, problem: string | undefined];

const rows: readonly Row[] = [
  ["equal types", text, text, undefined],
  ["a number for a string", number, text, "a number is given, a string is expected"],
  ["an integer for a number", { type: "integer" }, number, undefined],
  ["a number where an integer may be", number, { type: "integer" }, undefined],
  ["nothing said of the source", {}, text, undefined],
  ["nothing said of the target", text, {}, undefined],
  ["one of several types", { type: ["string", "null"] }, text, undefined],
  [
    "none of several types",
    { type: ["boolean", "null"] },
    text,
    "true or false or null is given, a string is expected",
  ],
  [
    "items",
    { type: "array", items: number },
    { type: "array", items: text },
    "at [] a number is given, a string is expected",
  ],
  [
    "items of items",
    { type: "array", items: { type: "array", items: number } },
    { type: "array", items: { type: "array", items: text } },
    "at [][] a number is given, a string is expected",
  ],
  ["a property", object({ a: number }), object({ a: text }), "at a a number is given, a string is expected"],
  [
    "a property inside",
    object({ a: object({ b: number }) }),
    object({ a: object({ b: text }) }),
    "at a.b a number is given, a string is expected",
  ],
  ["a property that only one side names", object({ a: number }), object({ b: text }), undefined],
  [
    "a required property that the source does not have",
    object({ a: text }),
    object({}, { required: ["b"] }),
    'the value has no "b", which is required',
  ],
  [
    "a required property that may come",
    object({ a: text }, { additionalProperties: true }),
    object({}, { required: ["b"] }),
    undefined,
  ],
  ["a required property of a source that lists none", { type: "object" }, object({}, { required: ["b"] }), undefined],
  [
    "a property that the target does not allow",
    object({ a: text }, { required: ["a"] }),
    object({}, { additionalProperties: false }),
    'the value has "a", which is not allowed',
  ],
  ["a property that may be left out", object({ a: text }), object({}, { additionalProperties: false }), undefined],
  ["values apart", { enum: ["a", "b"] }, { enum: ["c"] }, 'one of "a", "b" is given, one of "c" is expected'],
  ["values in common", { enum: ["a", "b"] }, { enum: ["b", "c"] }, undefined],
  ["values of another type", { enum: ["a"] }, number, "a string is given, a number is expected"],
  ["a constant", { const: 1 }, { enum: [2] }, "one of 1 is given, one of 2 is expected"],
  ["both of two", { allOf: [text, { minLength: 1 }] }, number, "a string is given, a number is expected"],
  ["both of two expected", number, { allOf: [text, { minLength: 1 }] }, "a number is given, a string is expected"],
  ["choices: left to run time", { anyOf: [text, number] }, { type: "boolean" }, undefined],
  ["all and nothing: left to run time", true, false, undefined],
];

describe("port types", () => {
  it.each(rows)("%s", (_title, given, expected, problem) => {
    expect(portTypeProblem(given, expected)).toBe(problem);
  });

  it("any schema fits itself", () => {
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonSchema>(text, number, { type: "boolean" }, { enum: ["x", 1] }, {}),
        fc.record({ type: fc.constant("array"), items: tie("schema") }),
        fc.record({
          type: fc.constant("object"),
          properties: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("schema")),
          required: fc.subarray(["a", "b"]),
        }),
        fc.record({ allOf: fc.tuple(tie("schema"), tie("schema")) }),
      ),
    }));
    fc.assert(
      fc.property(schema, (one) => {
        const given = one as JsonSchema;
        if (JSON.stringify(given).includes("allOf")) return;
        const known = JSON.stringify(given).includes("required") ? undefined : portTypeProblem(given, given);
        expect(known).toBeUndefined();
        expect(surelyMeets(given, given)).toBe(true);
      }),
    );
  });

  it("schemas of hostile size: given up, not followed to the end", () => {
    let deep: JsonSchema = text;
    for (let i = 0; i < 60; i++) deep = { allOf: [deep, deep] };
    expect(portTypeProblem(deep, deep)).toBeUndefined();
  });
});
