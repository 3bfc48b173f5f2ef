import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Json, JsonObject } from "../../contracts/json.js";
import { openStepBench } from "../../testing/step-bench.js";
import { validateStep } from "./validate-step.js";

const bench = openStepBench();
beforeAll(async () => {
  await writeFile(join(bench.project, "row.json"), JSON.stringify({ type: "object", required: ["a"] }));
  await writeFile(join(bench.project, "bad.json"), "[1]");
});
afterAll(() => bench.close());

const run = (config: JsonObject, input: Json) =>
  bench.outputs(validateStep, config, { inputs: { [config["schema"] === undefined ? "rows" : "value"]: input } });

const items = { type: "object", properties: { age: { type: "integer", minimum: 0 }, name: { type: "string" } } };

describe("ValidateStep: rows", () => {
  it("rows good and bad: sorted in their order, with reasons, counts and quality", async () => {
    const rows = [{ name: "a", age: 1 }, { name: "b", age: "x" }, { name: "c", age: -2 }, { name: "d", age: -3 }, 5];
    expect(await run({ items }, rows)).toEqual({
      valid: [{ name: "a", age: 1 }],
      invalid: [
        { index: 1, row: { name: "b", age: "x" }, problems: ["age: must be whole number, is text"] },
        { index: 2, row: { name: "c", age: -2 }, problems: ["age: must be >= 0, is -2"] },
        { index: 3, row: { name: "d", age: -3 }, problems: ["age: must be >= 0, is -3"] },
        { index: 4, row: 5, problems: ["value: must be object, is number"] },
      ],
      report: {
        rows: 5,
        valid: 1,
        invalid: 4,
        quality: 0.2,
        problems: [
          { problem: "age: must be >= 0", count: 2, first: [2, 3] },
          { problem: "age: must be whole number", count: 1, first: [1] },
          { problem: "value: must be object", count: 1, first: [4] },
        ],
      },
      quality: 0.2,
    });
  });

  it("required: null, empty and missing fields are named", async () => {
    const { invalid } = await run({ required: ["id"] }, [{ id: 0 }, { id: null }, { id: " " }, {}, { id: false }]);
    expect((invalid as readonly { index: number; problems: Json }[]).map((row) => [row.index, row.problems])).toEqual([
      [1, ["id: must be filled in"]],
      [2, ["id: must be filled in"]],
      [3, ["id: must be filled in"]],
    ]);
  });

  it("unique: the first of equal rows is valid; fields together; rows without the fields do not count", async () => {
    const rows = [{ id: 1, a: "x", b: 1 }, { id: 1, a: "x", b: 2 }, { id: 2, a: "x", b: 1 }, { a: "y" }, { a: "z" }];
    const { valid, invalid } = await run({ unique: ["id", ["a", "b"]] }, rows);
    expect(valid).toEqual([rows[0], rows[3], rows[4]]);
    expect(invalid).toEqual([
      { index: 1, row: rows[1], problems: ["id: must be unique, as in row 0"] },
      { index: 2, row: rows[2], problems: ["a, b: must be unique, as in row 0"] },
    ]);
  });

  it("no rows: quality 1", async () => {
    expect(await run({ items }, [])).toMatchObject({ valid: [], invalid: [], quality: 1 });
  });

  it("a value that is no list: E_VALUE_SCHEMA", async () => {
    await expect(run({ items }, { a: 1 })).rejects.toMatchObject({
      code: "E_VALUE_SCHEMA",
      message: expect.stringContaining("must be list, is object"),
    });
  });

  it("schema that needs the library: rows are checked by it", async () => {
    const { valid } = await run(
      { items: { anyOf: [{ type: "number" }, { pattern: "^a" }], type: ["number", "string"] } },
      [1, "ab", "b", null],
    );
    expect(valid).toEqual([1, "ab"]);
  });

  it("schema in a file: is read; one that is none is refused", async () => {
    expect(await run({ items: "row.json" }, [{ a: 1 }, {}])).toMatchObject({ quality: 0.5 });
    await expect(run({ items: "bad.json" }, [])).rejects.toMatchObject({ code: "E_SCHEMA" });
    await expect(run({ items: "none.json" }, [])).rejects.toMatchObject({ code: "E_FILE_READ" });
  });

  it("a hundred thousand bad rows: five places and one count each", async () => {
    const { report } = await run(
      { items },
      Array.from({ length: 100_000 }, (_, i) => ({ age: -i - 1 })),
    );
    expect(report).toMatchObject({ invalid: 100_000, problems: [{ count: 100_000, first: [0, 1, 2, 3, 4] }] });
  });
});

describe("ValidateStep: a whole value", () => {
  it("value that passes: goes to valid; one that does not to invalid; the other port is absent", async () => {
    expect(await run({ schema: { type: "number" } }, 5)).toEqual({
      valid: 5,
      report: { rows: 1, valid: 1, invalid: 0, quality: 1, problems: [] },
      quality: 1,
    });
    expect(await run({ schema: { type: "number" } }, "x")).toMatchObject({
      invalid: { value: "x", problems: ["value: must be number, is text"] },
      quality: 0,
    });
    expect(Object.keys(await run({ schema: false }, 1))).not.toContain("valid");
  });
});

describe("ValidateStep: config", () => {
  const accepts = (config: unknown) => validateStep.config(z).safeParse(config).success;

  it("schema, or rules for rows, not both and not none", () => {
    expect([accepts({}), accepts({ schema: {}, items: {} }), accepts({ schema: {}, unique: ["a"] })]).toEqual([
      false,
      false,
      false,
    ]);
    expect([
      accepts({ schema: true }),
      accepts({ items: "x.json" }),
      accepts({ required: ["a"] }),
      accepts({ unique: [["a", "b"]] }),
    ]).toEqual([true, true, true, true]);
  });

  it("schema with a fault: is found before it runs", async () => {
    expect(await validateStep.check?.({ items: { type: "strng" } })).toMatchObject([
      { path: ["items"], code: "E_TYPE" },
    ]);
    expect(await validateStep.check?.({ items })).toEqual([]);
    expect(await validateStep.check?.({ items: "file.json" })).toEqual([]);
  });

  it("ports: every output it gives is declared", async () => {
    for (const config of [{ items }, { schema: { type: "number" } }]) {
      const given = await run(config, []);
      expect(Object.keys(validateStep.ports(config).outputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      expect(Object.keys(validateStep.ports(config).inputs)).toEqual([config.schema === undefined ? "rows" : "value"]);
    }
  });
});
