import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import type { StepCall, StepContext } from "../contracts/component.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { defineStep } from "./define-step.js";
import type { StandardSchema } from "./standard-schema.js";

const context = { attempt: 1, idempotencyKey: "key-1", signal: new AbortController().signal } as StepContext;
const call = (inputs: { readonly [port: string]: Json }, config: JsonObject = {}): StepCall => ({
  inputs,
  config,
  context,
});

const wordCount = defineStep({
  class: "WordCount",
  version: "1",
  inputs: { text: z.string(), least: z.number().default(1), note: z.string().optional() },
  outputs: { words: z.number().int(), longest: z.string().optional() },
  config: z.strictObject({ separator: z.string().default(" ") }),
  run({ inputs, config, attempt, idempotencyKey }) {
    expectTypeOf(inputs.text).toEqualTypeOf<string>();
    expectTypeOf(inputs.least).toEqualTypeOf<number>();
    expectTypeOf(inputs.note).toEqualTypeOf<string | undefined>();
    expectTypeOf(config).toEqualTypeOf<{ separator: string }>();
    const words = inputs.text.split(config.separator).filter((word) => word.length >= inputs.least);
    return { words: words.length, longest: `${idempotencyKey} ${attempt}` };
  },
});

/** A Standard Schema of no known vendor, without JSON Schema: an even number. */
const even: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "number" && value % 2 === 0
        ? { value }
        : { issues: [{ message: "expected an even number", path: ["half", { key: 0 }] }] },
  },
};

describe("defineStep", () => {
  it("defineStep: ports come from the schemas, with what may be absent", () => {
    const ports = wordCount.ports({});
    expect(ports).toEqual({
      inputs: {
        text: { schema: { type: "string" } },
        least: { schema: { type: "number", default: 1 }, optional: true, default: 1 },
        note: { schema: { type: "string" }, optional: true },
      },
      outputs: {
        words: { schema: { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER } },
        longest: { schema: { type: "string" }, optional: true },
      },
      openInputs: false,
      openOutputs: false,
    });
    expect(wordCount).toMatchObject({
      kind: "step",
      class: "WordCount",
      version: "1",
      effects: false,
      executor: "local",
    });
  });

  it("defineStep: run gets checked inputs with defaults, config and the context", async () => {
    expect(await wordCount.run(call({ text: "to be or not" }, { separator: " " }))).toEqual({
      words: 4,
      longest: "key-1 1",
    });
    expect(await wordCount.run(call({ text: "to be or not", least: 3 }, { separator: " " }))).toMatchObject({
      words: 1,
    });
  });

  it("defineStep: an input that does not fit is a data validation failure that names the port", async () => {
    await expect(wordCount.run(call({ text: 7 }, { separator: " " }))).rejects.toMatchObject({
      code: "E_VALUE_SCHEMA",
      message: expect.stringMatching(/input text.*expected string/),
    });
  });

  it("defineStep: outputs are checked; a required one that is missing is named", async () => {
    const step = (made: unknown) =>
      defineStep({
        class: "S",
        version: "1",
        outputs: { words: z.number().int() },
        run: () => made as { words: number },
      });
    await expect(step({ words: 1.5 }).run(call({}))).rejects.toMatchObject({
      code: "E_VALUE_SCHEMA",
      details: { target: "output words" },
    });
    await expect(step({}).run(call({}))).rejects.toMatchObject({
      code: "E_OUTPUT_MISSING",
      details: { port: "words" },
    });
    expect(await step({ words: 2, other: 1 }).run(call({}))).toEqual({ words: 2, other: 1 });
  });

  it("defineStep: any Standard Schema is a port's schema, open until values flow", async () => {
    const half = defineStep({
      class: "Half",
      version: "1",
      inputs: { n: { schema: even, hold: true, description: "An even number" } },
      outputs: { half: z.number() },
      run: ({ inputs }) => {
        expectTypeOf(inputs.n).toEqualTypeOf<number>();
        return { half: inputs.n / 2 };
      },
    });
    expect(half.ports({}).inputs).toEqual({ n: { hold: true, description: "An even number" } });
    expect(await half.run(call({ n: 4 }))).toEqual({ half: 2 });
    await expect(half.run(call({ n: 3 }))).rejects.toMatchObject({
      details: { target: "input n", problems: "half.0: expected an even number" },
    });
  });

  it("defineStep: a schema that takes anything is required, one without JSON Schema is open", () => {
    const step = defineStep({ class: "S", version: "1", inputs: { any: z.unknown(), at: z.date() }, run: () => ({}) });
    expect(step.ports({}).inputs).toEqual({ any: { schema: {} }, at: {} });
    expect(step.ports({})).toMatchObject({ openOutputs: true, openInputs: false });
  });

  it("defineStep: ports left out are open", async () => {
    const echo = defineStep({ class: "Echo", version: "1", run: ({ inputs }) => ({ ...inputs }) });
    expect(echo.ports({})).toMatchObject({ openInputs: true, openOutputs: true });
    expect(await echo.run(call({ a: 1 }))).toEqual({ a: 1 });
  });

  it("defineStep: config is checked by zod as it is, and by other schemas through it", () => {
    expect(wordCount.config(z).safeParse({ separator: 1 }).success).toBe(false);
    expect(wordCount.config(z).parse({})).toEqual({ separator: " " });
    const other = defineStep({ class: "S", version: "1", config: even, run: () => ({}) });
    expect(other.config(z).safeParse(2)).toMatchObject({ success: true, data: 2 });
    expect(other.config(z).safeParse(3).error?.issues).toMatchObject([
      { message: "expected an even number", path: ["half", 0] },
    ]);
    expect(
      defineStep({ class: "S", version: "1", run: () => ({}) })
        .config(z)
        .parse({ a: [1] }),
    ).toEqual({ a: [1] });
  });

  const emitting = (emitted: [string, Json][]): StepCall => ({
    ...call({}),
    context: { ...context, emit: async (port: string, value: Json) => void emitted.push([port, value]) },
  });
  const slow: StandardSchema<string> = {
    "~standard": {
      version: 1,
      vendor: "slow",
      validate: async (value) => {
        await new Promise((resolve) => setImmediate(resolve));
        return value === "bad" ? { issues: [{ message: "is bad" }] } : { value: `${value as string}!` };
      },
    },
  };

  it("defineStep: what is emitted is checked and made by its schema, and leaves in the order of the calls", async () => {
    const emitted: [string, Json][] = [];
    const step = defineStep({
      class: "S",
      version: "1",
      outputs: { words: z.coerce.number(), late: slow, rest: z.string() },
      async run({ emit }) {
        await emit("words", "1");
        void emit("late", "a");
        void emit("words", "2");
        void emit("late", "b");
        return { rest: "end" } as never;
      },
    });
    expect(await step.run(emitting(emitted))).toEqual({ rest: "end" });
    expect(emitted).toEqual([
      ["words", 1],
      ["late", "a!"],
      ["words", 2],
      ["late", "b!"],
    ]);
  });

  it("defineStep: an emit that its schema refuses fails the step, awaited or not", async () => {
    const step = (port: string, value: Json) =>
      defineStep({
        class: "S",
        version: "1",
        outputs: { words: z.number().optional(), late: slow },
        run({ emit }) {
          void emit(port, value);
          return {} as never;
        },
      });
    for (const [port, value] of [
      ["words", "x"],
      ["late", "bad"],
    ] as const)
      await expect(step(port, value).run(emitting([]))).rejects.toMatchObject({
        code: "E_VALUE_SCHEMA",
        details: { target: `output ${port}` },
      });
  });

  it("defineStep: a required port that emitted need not be returned, one that did not must be", async () => {
    const step = (emits: boolean) =>
      defineStep({
        class: "S",
        version: "1",
        outputs: { words: z.number() },
        async run({ emit }) {
          if (emits) await emit("words", 1);
          return (emits ? undefined : {}) as never;
        },
      });
    expect(await step(true).run(emitting([]))).toEqual({});
    await expect(step(false).run(emitting([]))).rejects.toMatchObject({ code: "E_OUTPUT_MISSING" });
  });

  it("defineStep: a port without a schema is refused at once", () => {
    expect(() => defineStep({ class: "S", version: "1", inputs: { a: {} as never }, run: () => ({}) })).toThrow(
      /Port a has no schema/,
    );
  });
});
