import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonSchema } from "../contracts/json.js";
import { compileWithAjv } from "./ajv-schema.js";
import { checkSchema, problemText, schemaCompiler, validateValue } from "./json-schema.js";
import { checkPlain, isPlainSchema } from "./plain-schema.js";

async function texts(schema: JsonSchema, value: Json): Promise<readonly string[]> {
  return (await validateValue(schema, value)).map(problemText);
}

/** The same check by the library, whatever the schema. */
function byLibrary(schema: JsonSchema, value: Json): readonly string[] {
  const made = compileWithAjv(schema);
  return (made.ok ? made.validate(value) : made.problems).map(problemText);
}

const rows: JsonSchema = {
  type: "object",
  required: ["rows"],
  properties: {
    rows: {
      type: "array",
      items: {
        type: "object",
        required: ["name"],
        additionalProperties: false,
        properties: {
          name: { type: "string", minLength: 2 },
          age: { type: "integer", minimum: 0 },
          kind: { enum: ["a", "b"] },
          "odd key": { type: ["number", "null"] },
        },
      },
    },
  },
};

describe("validateValue: problems", () => {
  const cases: readonly (readonly [JsonSchema, Json, readonly string[]])[] = [
    [{ type: "number" }, "x", ["value: must be number, is text"]],
    [{ type: ["string", "null"] }, 1, ["value: must be text or null, is number"]],
    [{ type: "integer" }, 1.5, ["value: must be whole number, is 1.5"]],
    [{ type: "integer" }, 2.0, []],
    [rows, {}, ['value: lacks "rows"']],
    [
      rows,
      {
        rows: [
          { name: "ann", age: 3 },
          { name: "b", age: "old" },
        ],
      },
      ["rows[1].age: must be whole number, is text", "rows[1].name: must have at least 2 characters, has 1"],
    ],
    [
      rows,
      { rows: [{ name: "ann", kind: "c", "odd key": true, extra: 1 }] },
      [
        'rows[0].kind: must be one of "a", "b", is "c"',
        'rows[0]: has "extra", which is not allowed',
        'rows[0]["odd key"]: must be number or null, is true or false',
      ],
    ],
    [{ const: { a: [1] } }, { a: [1] }, []],
    [{ const: 1 }, 2, ["value: must be 1, is 2"]],
    [{ exclusiveMinimum: 0, maximum: 5 }, 0, ["value: must be > 0, is 0"]],
    [{ minItems: 2, maxItems: 3 }, [1], ["value: must have at least 2 items, has 1"]],
    [
      { type: "array", uniqueItems: true },
      [{ a: 1, b: 2 }, 3, { b: 2, a: 1 }],
      ["value: must not have equal items, items 0 and 2 are equal"],
    ],
    [{ format: "date" }, "2023-02-29", ['value: must be date, is "2023-02-29"']],
    [{ maxLength: 2 }, "é😀x", ["value: must have at most 2 characters, has 3"]],
    [false, 1, ["value: is not allowed"]],
    [true, null, []],
  ];
  it.each(
    cases.map(
      ([schema, value, expected]) =>
        [JSON.stringify(schema).slice(0, 40), JSON.stringify(value).slice(0, 40), schema, value, expected] as const,
    ),
  )(
    "schema %s over %s: these problems, by the checker and by the library",
    async (_schema, _value, schema, value, expected) => {
      expect(isPlainSchema(schema)).toBe(true);
      expect([...(await texts(schema, value))].sort()).toEqual([...expected].sort());
      expect([...byLibrary(schema, value)].sort()).toEqual([...expected].sort());
    },
  );

  it("plain schema: is checked at once; any other after loading the library", async () => {
    expect(validateValue(rows, {})).toBeInstanceOf(Array);
    expect(validateValue({ anyOf: [{ type: "string" }, { type: "null" }] }, 1)).toBeInstanceOf(Promise);
  });

  it("schemas that need the library: problems in the same words", async () => {
    expect(await texts({ anyOf: [{ type: "string" }, { minimum: 3 }] }, 1)).toEqual([
      "value: fits none of the 2 alternatives; the first: must be text, is number",
    ]);
    expect(await texts({ oneOf: [{ type: "number" }, { minimum: 0 }] }, 1)).toEqual([
      "value: fits alternatives 0 and 1, it may fit only one",
    ]);
    expect(await texts({ properties: { code: { pattern: "^[A-Z]{2}$" } } }, { code: "abc" })).toEqual([
      'code: must match ^[A-Z]{2}$, is "abc"',
    ]);
    const tree = {
      $defs: { node: { type: "object", properties: { left: { $ref: "#/$defs/node" }, n: { type: "number" } } } },
      $ref: "#/$defs/node",
    };
    expect(await texts(tree, { left: { left: { n: "x" } } })).toEqual(["left.left.n: must be number, is text"]);
    expect(await texts({ type: "array", prefixItems: [{ type: "string" }], items: { multipleOf: 2 } }, [1, 3])).toEqual(
      ["[0]: must be text, is number", "[1]: must be a multiple of 2, is 3"],
    );
  });

  it("a hundred bad rows: 20 problems", async () => {
    const value = { rows: Array.from({ length: 100 }, () => ({ age: -1 })) };
    expect(await texts(rows, value)).toHaveLength(20);
    expect(byLibrary({ ...(rows as object), not: { type: "null" } }, value).length).toBeLessThanOrEqual(20);
  });

  it("own fields only: inherited names do not count", async () => {
    expect(await texts({ type: "object", required: ["toString", "constructor"] }, {})).toEqual([
      'value: lacks "toString"',
      'value: lacks "constructor"',
    ]);
    expect(await texts({ properties: { constructor: { type: "number" } } }, {})).toEqual([]);
  });
});

describe("validateValue: the checker against the library", () => {
  const scalar = fc.constantFrom<Json>(null, true, 0, 1, 2.5, -3, "", "a", "abc", "2024-02-29");
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const type = fc.constantFrom("string", "number", "integer", "boolean", "array", "object", "null");
  const schema = fc.letrec<{ schema: JsonSchema }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      fc.record(
        {
          type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
          enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }),
          const: scalar,
          required: fc.uniqueArray(fc.constantFrom("a", "b"), { maxLength: 2 }),
          properties: fc.dictionary(fc.constantFrom("a", "b"), tie("schema"), { maxKeys: 2 }),
          additionalProperties: tie("schema"),
          items: tie("schema"),
          minimum: fc.integer({ min: -2, max: 2 }),
          exclusiveMaximum: fc.integer({ min: -2, max: 2 }),
          minLength: fc.nat(3),
          maxItems: fc.nat(2),
          uniqueItems: fc.boolean(),
          format: fc.constantFrom("date", "no-such-format"),
          title: fc.constant("x"),
        },
        { requiredKeys: [] },
      ),
    ),
  })).schema;

  it("random plain schemas over random values: the same verdict and words", () => {
    fc.assert(
      fc.property(schema as fc.Arbitrary<JsonSchema>, json, (random, value) => {
        const own = checkPlain(random, value).map(problemText);
        const theirs = byLibrary(random, value);
        expect(own.length === 0).toBe(theirs.length === 0);
        if (own.length < 20 && theirs.length < 20) expect(new Set(own)).toEqual(new Set(theirs));
      }),
      { numRuns: 400 },
    );
  });
});

describe("checkSchema", () => {
  const deep = (levels: number): JsonSchema => (levels === 0 ? { pattern: "a" } : { items: deep(levels - 1) });
  const cases: readonly (readonly [JsonSchema, string])[] = [
    [{ type: "strng" }, "type: "],
    [{ type: "object", requried: ["a"] }, "requried: is no keyword of JSON Schema"],
    [{ properties: { a: { minLenght: 1 } } }, "properties.a.minLenght: is no keyword"],
    [{ minimum: "1" }, "minimum: must be number, is text"],
    [{ pattern: "(" }, 'pattern: pattern "(" cannot be used'],
    [{ pattern: "(a)\\1" }, "a reference to an earlier group"],
    [{ patternProperties: { "(?<=a)": true } }, "looking behind"],
    [
      { $ref: "https://example.org/schema.json" },
      "refers to https://example.org/schema.json, which is not in the schema",
    ],
    [{ $ref: "#/$defs/none" }, "refers to #/$defs/none"],
    [{ anyOf: Array.from({ length: 6000 }, () => ({})) }, "has more than 5000 parts"],
    [{ description: "x".repeat(300_000), pattern: "a" }, "has more than 262144 characters"],
    [deep(70), "has more than 5000 parts"],
  ];
  it.each(cases.map(([schema, expected]) => [JSON.stringify(schema).slice(0, 50), schema, expected] as const))(
    "schema %s: is refused and says why",
    async (_label, schema, expected) => {
      expect((await checkSchema(schema)).map(problemText).join("\n")).toContain(expected);
      await expect((async () => await validateValue(schema, 1))()).rejects.toMatchObject({ code: "E_SCHEMA" });
    },
  );

  it.each([
    [
      {
        $schema: "http://json-schema.org/draft-07/schema#",
        definitions: { a: { type: "string" } },
        $ref: "#/definitions/a",
      },
    ],
    [{ "x-unit": "ms", type: "number", format: "int32" }],
    [{ properties: { "x-name": { pattern: "a" }, format: { pattern: "b" }, $schema: { type: "string" } } }],
    [
      {
        type: "string",
        format: "email",
        pattern:
          "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
      },
    ],
    [{ default: { pattern: "(" }, type: "object" }],
  ] as readonly (readonly [JsonSchema])[])("schema %j: is accepted", async (schema) => {
    expect(await checkSchema(schema)).toEqual([]);
  });

  it("a schema is compiled once, and its names do not meet another's", async () => {
    const compile = await schemaCompiler();
    const first: JsonSchema = { $id: "same", anyOf: [{ $id: "inner", type: "string" }] };
    const second: JsonSchema = { $id: "same", anyOf: [{ $id: "inner", type: "number" }] };
    expect(compile(first)).toBe(compile(first));
    const made = compile(second);
    expect(made.ok && made.validate("x").length).toBe(1);
  });
});

describe("validateValue: hostile values", () => {
  it("patterns that hang RegExp over long text: end", async () => {
    expect(await texts({ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(50_000)}!`)).toHaveLength(1);
  });

  it("100,000 items under uniqueItems: no quadratic time", async () => {
    const value = Array.from({ length: 100_000 }, (_, i) => ({ i }));
    expect(await texts({ type: "array", uniqueItems: true, not: { type: "null" } }, value)).toEqual([]);
  });

  it("value nested 100,000 deep in a recursive schema: a problem, not a crash", async () => {
    let value: Json = 1;
    for (let i = 0; i < 100_000; i++) value = { a: value };
    expect(await texts({ properties: { a: { $ref: "#" } } }, value)).toEqual([
      "value: is nested too deeply to be checked",
    ]);
  });

  it("type: null without quotes is no type, and is said to be none", async () => {
    for (const type of [null, ["string", null], 5, ["5"]])
      expect(await checkSchema({ type } as unknown as JsonSchema), JSON.stringify(type)).not.toEqual([]);
    await expect(async () => validateValue({ type: null } as unknown as JsonSchema, 1)).rejects.toMatchObject({
      code: "E_SCHEMA",
    });
    expect(await validateValue({ type: ["string", "null"] }, null)).toEqual([]);
  });
});
