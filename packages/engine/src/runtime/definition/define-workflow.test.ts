import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createRuntime, defineStep, defineWorkflow, NanobrainError, type Runtime, Workflow } from "../../index.js";

const paper = z.object({ title: z.string(), year: z.number().int() });
const search = defineStep({
  class: "acme.Search",
  version: "1",
  inputs: { query: z.string(), limit: z.number().int().default(2) },
  outputs: { papers: z.array(paper), count: z.number().int() },
  run: ({ inputs }) => {
    const papers = Array.from({ length: inputs.limit }, (_, index) => ({
      title: `${inputs.query} ${index}`,
      year: 2000 + index,
    }));
    return { papers, count: papers.length };
  },
});
const read = defineStep({
  class: "acme.Read",
  version: "1",
  inputs: { paper: z.object({ title: z.string() }) },
  outputs: { note: z.string() },
  run: ({ inputs }) => ({ note: `read ${inputs.paper.title}` }),
});
const join_ = defineStep({
  class: "acme.Join",
  version: "1",
  inputs: { notes: z.array(z.string()) },
  outputs: { text: z.string() },
  config: z.object({ separator: z.string() }),
  run: ({ inputs, config }) => ({ text: inputs.notes.join(config.separator) }),
});

const review = defineWorkflow({
  name: "review",
  input_data_units: {
    topic: z.string().min(2),
    limit: { class: "DataUnitMemory", schema: z.number().int(), default: 3 },
  },
  output_data_units: { report: z.string(), count: z.number() },
  steps: {
    search: { class: search, inputs: { query: { from: "topic" }, limit: { from: "limit" } } },
    read: {
      class: read,
      for_each: { over: "papers", as: "paper", concurrency: 2 },
      inputs: { papers: { from: "search.papers" } },
    },
    join: { class: join_, config: { separator: "; " }, inputs: { notes: { from: "read.note" } } },
  },
  links: {
    report: { class: "DirectLink", config: { source: "join.text", target: "report" } },
    count: { class: "DirectLink", config: { source: "search.count", target: "count" } },
  },
});

const twin = `
name: review
input_data_units:
  topic: { class: DataUnitString, schema: { type: string, minLength: 2 } }
  limit: { class: DataUnitMemory, schema: { type: integer, minimum: -9007199254740991, maximum: 9007199254740991 }, default: 3 }
output_data_units:
  report: { class: DataUnitString, schema: { type: string } }
  count: { class: DataUnitMemory, schema: { type: number } }
steps:
  search: { class: Search, inputs: { query: { from: topic }, limit: { from: limit } } }
  read: { class: acme.Read, for_each: { over: papers, as: paper, concurrency: 2 }, inputs: { papers: { from: search.papers } } }
  join: { class: Join, config: { separator: "; " }, inputs: { notes: { from: read.note } } }
links:
  report: { class: DirectLink, config: { source: join.text, target: report } }
  count: { class: DirectLink, config: { source: search.count, target: count } }
`;

let folder = "";
let runtime: Runtime;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-define-"));
  runtime = await createRuntime({ project: folder });
});
afterEach(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

describe("defineWorkflow", () => {
  it("a run: gives what a document would, typed by its units", async () => {
    const workflow = await Workflow.from(review, { runtime });
    const result = await workflow.execute({ topic: "virus", limit: 2 });
    expect(result.failures).toEqual([]);
    expect(result.outputs).toEqual({ report: "read virus 0; read virus 1", count: 2 });
    expectTypeOf(result.outputs).toEqualTypeOf<{ readonly report?: string; readonly count?: number }>();
    expectTypeOf(workflow.execute).parameter(0).toExtend<{ readonly topic: string; readonly limit?: number }>();
    expectTypeOf<Awaited<ReturnType<ReturnType<typeof workflow.start>["result"]>>["outputs"]["report"]>().toEqualTypeOf<
      string | undefined
    >();
  });

  it("its plan: the hash of the same document in YAML", async () => {
    const built = await runtime.load(review);
    await writeFile(join(folder, "review.yml"), twin);
    const loaded = await runtime.load(join(folder, "review.yml"));
    expect([built.diagnostics, loaded.diagnostics]).toEqual([[], []]);
    expect(built.plan?.hash).toBe(loaded.plan?.hash);
  });

  it("functions in place: transform values, on the event loop, with closures", async () => {
    let called = 0;
    const upper = defineWorkflow({
      name: "upper",
      input_data_units: { topic: z.string() },
      output_data_units: { size: z.number(), all: z.string() },
      steps: {
        search: {
          class: search,
          inputs: { query: { from: "topic", transform: (topic) => topic.toUpperCase() }, limit: 1 },
        },
        total: {
          class: "FunctionStep",
          config: { function: (value: unknown) => JSON.stringify([value, ++called]) },
          inputs: { papers: { from: "search.papers" } },
        },
      },
      links: {
        size: {
          class: "TransformLink",
          config: {
            source: "search.papers",
            target: "size",
            transform_function: (papers) => papers[0]?.title.length ?? 0,
          },
        },
        all: { class: "DirectLink", config: { source: "total.output", target: "all" } },
      },
    });
    const result = await (await Workflow.from(upper, { runtime })).execute({ topic: "ab" });
    expect(result.outputs).toEqual({ size: 4, all: '[[{"title":"AB 0","year":2000}],1]' });
  });

  it("a definition as a step: its units are the ports", async () => {
    const outer = defineWorkflow({
      name: "outer",
      input_data_units: { topics: z.array(z.string()) },
      output_data_units: { reports: z.array(z.string()) },
      steps: {
        each: {
          class: review,
          for_each: { over: "topics", as: "topic" },
          inputs: { topics: { from: "topics" }, limit: 1 },
        },
      },
      links: { all: { class: "TransformLink", config: { source: "each.report", target: "reports", expression: "$" } } },
    });
    const result = await (await Workflow.from(outer, { runtime })).execute({ topics: ["aa", "bb"] });
    expect(result.failures).toEqual([]);
    expect(result.outputs).toEqual({ reports: ["read aa 0", "read bb 0"] });
  });

  it("faults the compiler cannot see: diagnostics with the place in the definition", async () => {
    const faulty = defineWorkflow({
      name: "faulty",
      steps: { a: { class: "FunctionStep", config: { function: "nobody" } }, b: { class: "Comand" } },
    });
    const { diagnostics, plan } = await runtime.load(faulty);
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code, file, path }) => [code, file, path])).toEqual([
      ["E_REF", "defineWorkflow(faulty).json", "steps.a.config.function"],
      ["E_CLASS_UNKNOWN", "defineWorkflow(faulty).json", "steps.b.class"],
    ]);
    await expect(Workflow.from(faulty, { runtime })).rejects.toMatchObject({ code: "E_DOCUMENT_INVALID" });
  });

  it("inputs: also what only the schema itself can check", async () => {
    const even = defineWorkflow({
      name: "even",
      input_data_units: { count: z.number().refine((value) => value % 2 === 0, "it is odd") },
      steps: { show: { class: "TransformStep", config: { expression: "$" }, inputs: { input: { from: "count" } } } },
    });
    const workflow = await Workflow.from(even, { runtime });
    const refused = workflow.execute({ count: 3 });
    await expect(refused).rejects.toBeInstanceOf(NanobrainError);
    await expect(refused).rejects.toMatchObject({ code: "E_INPUT", details: { problem: "input count: it is odd" } });
    expect((await workflow.execute({ count: 4 })).outputs).toEqual({ "show.output": 4 });
  });

  it("what no document can hold: refused with its place", () => {
    const define = (value: unknown) => () =>
      defineWorkflow({ name: "odd", steps: { a: { class: "CommandStep", config: { value } } } });
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [Number.NaN, 1n, Symbol("x"), new Date(0), () => 1, search, review, circle])
      expect(define(value)).toThrow(/defineWorkflow odd, steps\.a\.config\.(value|self)/);
    expect(define({ text: "zero\u200bwidth \u{e0041}", list: [1, null, true] })).not.toThrow();
  });

  it("names taken in the runtime: another function or class of the name is refused, the same may come again", async () => {
    const make = () =>
      defineWorkflow({
        name: "twice",
        input_data_units: { topic: z.string() },
        steps: { search: { class: search, inputs: { query: { from: "topic", transform: (topic) => topic } } } },
      });
    const first = make();
    await Workflow.from(first, { runtime });
    await Workflow.from(first, { runtime });
    await expect(Workflow.from(make(), { runtime })).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it("another process: goes on with a run once it has loaded the definition, and says what is missing before", async () => {
    let isBroken = true;
    const make = (upper: (topic: unknown) => string) =>
      defineWorkflow({
        name: "durable",
        input_data_units: { topic: z.string() },
        output_data_units: { shout: z.string() },
        steps: { upper: { class: "FunctionStep", config: { function: upper }, inputs: { topic: { from: "topic" } } } },
        links: { out: { class: "DirectLink", config: { source: "upper.output", target: "shout" } } },
      });
    const store = join(folder, "store");
    const first = await createRuntime({ store, project: folder });
    const broken = make((topic) => {
      if (isBroken) throw new TypeError("not yet");
      return String(topic).toUpperCase();
    });
    const failed = await (await Workflow.from(broken, { runtime: first })).execute({ topic: "ab" });
    expect(failed.status).toBe("failed");
    await first.close();

    isBroken = false;
    const second = await createRuntime({ store, project: folder });
    const early = await (await second.resume(failed.run_id)).result();
    expect([early.status, early.failures.map(({ failure }) => failure.code)]).toEqual(["failed", ["E_FUNCTION"]]);
    await Workflow.from(broken, { runtime: second });
    const done = await (await second.resume(failed.run_id)).result();
    expect([done.status, done.outputs]).toEqual(["completed", { shout: "AB" }]);
    await second.close();
  });

  it("cache: a function's result is not taken for that of another text of it", async () => {
    const make = (fn: (value: unknown) => unknown) =>
      defineWorkflow({
        name: "cached",
        output_data_units: { all: z.unknown() },
        steps: { total: { class: "FunctionStep", config: { function: fn }, cache: "shared", inputs: { n: 2 } } },
        links: { all: { class: "DirectLink", config: { source: "total.output", target: "all" } } },
      });
    const store = join(folder, "store");
    const made = [];
    for (const fn of [
      (value: unknown) => Number(value) * 2,
      (value: unknown) => Number(value) * 3,
      (value: unknown) => Number(value) * 3,
    ]) {
      const own = await createRuntime({ store, project: folder });
      const { outputs, steps } = await (await Workflow.from(make(fn), { runtime: own })).execute();
      made.push([outputs.all, steps["total"]?.cached]);
      await own.close();
    }
    expect(made).toEqual([
      [4, false],
      [6, false],
      [6, true],
    ]);
  });

  it("odd characters in texts: reach the steps as they are", async () => {
    const text = "zero\u200bwidth, tag \u{e0041}, line\u2028end, del\u007f, \u{1f600}";
    const odd = defineWorkflow({
      name: "odd",
      output_data_units: { text: z.string() },
      steps: { join: { class: join_, config: { separator: text }, inputs: { notes: ["a", "b"] } } },
      links: { out: { class: "DirectLink", config: { source: "join.text", target: "text" } } },
    });
    expect((await (await Workflow.from(odd, { runtime })).execute()).outputs.text).toBe(`a${text}b`);
  });
});
