import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openStepBench } from "../../testing/step-bench.js";
import { callFunction, functionStep } from "./function-step.js";
import { toPorts } from "./open-ports.js";
import { transformStep } from "./transform-step.js";

const context = (...outputPorts: string[]) =>
  ({ context: { outputPorts } }) as unknown as Parameters<typeof toPorts>[1];

describe("toPorts: where a result goes", () => {
  it.each([
    [5, [], { output: 5 }],
    [{ a: 1 }, [], { output: { a: 1 } }],
    [{ output: 1 }, [], { output: 1 }],
    [{ output: 1, a: 2 }, ["output"], { output: { output: 1, a: 2 } }],
    [5, ["total"], { total: 5 }],
    [{ total: 5, other: 6 }, ["total"], { total: 5 }],
    [{ other: 6 }, ["total"], { total: { other: 6 } }],
    [{ a: 1, b: null, c: 3 }, ["a", "b"], { a: 1, b: null }],
    [{ a: 1 }, ["a", "b"], { a: 1 }],
    [{ a: 1 }, ["a", "error"], { a: 1 }],
    [7, ["output", "error"], { output: 7 }],
    [undefined, ["a", "b"], {}],
    [null, [], { output: null }],
  ])("result %j, ports %j: %j", (result, ports, expected) => {
    expect(toPorts(result, context(...ports))).toEqual(expected);
  });

  it.each([[5], [[1]], [null]])("result %j for several ports: E_OUTPUT_VALUE names them", (result) => {
    expect(() => toPorts(result, context("a", "b"))).toThrow(
      expect.objectContaining({ code: "E_OUTPUT_VALUE", message: expect.stringContaining("a, b") }),
    );
  });

  it("result with none of several ports: E_OUTPUT_MISSING", () => {
    expect(() => toPorts({ c: 1 }, context("a", "b"))).toThrow(expect.objectContaining({ code: "E_OUTPUT_MISSING" }));
  });
});

describe("TransformStep", () => {
  const bench = openStepBench();
  afterAll(() => bench.close());

  it("one input named input: is the value itself", async () => {
    const inputs = { input: [{ a: 1 }, { a: 2 }] };
    expect(await bench.outputs(transformStep, { expression: "$[a > 1].a" }, { inputs })).toEqual({ output: 2 });
  });

  it("other inputs: by name", async () => {
    const config = { expression: "{'kept': rows[score > $$.limit][], 'count': $count(rows)}" };
    const inputs = { rows: [{ score: 1 }, { score: 3 }], limit: 2 };
    expect(await bench.outputs(transformStep, config, { inputs })).toEqual({
      output: { kept: [{ score: 3 }], count: 2 },
    });
  });

  it("nothing found: absence", async () => {
    expect(await bench.outputs(transformStep, { expression: "missing" }, { inputs: { input: {} } })).toEqual({});
  });

  it("check: the expression's faults with their places, under the key", async () => {
    expect(await transformStep.check?.({ expression: "a + ]" })).toMatchObject([
      { path: ["expression"], code: "E_EXPR_SYNTAX", offset: 4 },
    ]);
    expect(await transformStep.check?.({ expression: "a + 1" })).toEqual([]);
  });

  it("config: an unknown key is refused, every key is described", () => {
    expect(transformStep.config(z).safeParse({ expression: "a", x: 1 }).success).toBe(false);
    const schema = z.toJSONSchema(transformStep.config(z)) as {
      properties: { [key: string]: { description?: string } };
    };
    for (const property of Object.values(schema.properties)) expect(property.description).toBeTruthy();
  });
});

describe("FunctionStep", () => {
  const call = (inputs: { [port: string]: number }, ...outputPorts: string[]) => ({
    inputs,
    config: {},
    context: { ...context(...outputPorts).context, inputPorts: Object.keys(inputs) },
  });

  it("one input: the function gets its value; several: an object of them", async () => {
    expect(await callFunction((value) => value, call({ a: 1 }))).toEqual({ output: 1 });
    expect(await callFunction((value) => value, call({ a: 1, b: 2 }))).toEqual({ output: { a: 1, b: 2 } });
    expect(await callFunction((value) => value, call({}))).toEqual({ output: {} });
  });

  it("two ports of which one is absent: still an object", async () => {
    const given = call({ a: 1 });
    const two = { ...given, context: { ...given.context, inputPorts: ["a", "b"] } };
    expect(await callFunction((value) => value, two)).toEqual({ output: { a: 1 } });
  });

  it("an asynchronous function, its context, its ports; undefined is absence", async () => {
    expect(
      await callFunction(
        async (value, ctx) => ({ sum: Number(value) + 1, ports: [...ctx.outputPorts] }),
        call({ a: 1 }, "sum", "ports"),
      ),
    ).toEqual({ sum: 2, ports: ["sum", "ports"] });
    expect(await callFunction(() => undefined, call({ a: 1 }))).toEqual({});
  });

  it("a function that nobody registered: E_FUNCTION with its name", async () => {
    const failing = functionStep.run({ inputs: {}, config: { function: "nobody" }, ...context() });
    await expect(failing).rejects.toMatchObject({ code: "E_FUNCTION", message: expect.stringContaining("nobody") });
  });
});
