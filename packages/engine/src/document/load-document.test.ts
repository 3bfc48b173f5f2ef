import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { everyKey, everyTrigger, seedShapes, worldOf } from "../testing/sample-documents.js";
import type { WorkflowDocument } from "./document.js";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";

function load(text: string, files: Record<string, string> = {}, environment: Record<string, string> = {}) {
  return loadDocument("w.yml", memoryReader({ "w.yml": text, ...files }, environment));
}

/** The document, which must have no faults. */
function loaded(
  text: string,
  files: Record<string, string> = {},
  environment: Record<string, string> = {},
): WorkflowDocument {
  const { document, diagnostics } = load(text, files, environment);
  expect(diagnostics).toEqual([]);
  if (document === undefined) expect.unreachable("no document");
  return document;
}

const step = (settings: string): string => `name: x\nsteps:\n  a: { class: X, ${settings} }\n`;

test("document: every key of the dialect loads without a complaint", () => {
  const document = loaded(everyKey, worldOf.everyKey);
  expect(document.name).toBe("review");
  expect(document.className).toBe("Workflow");
  expect(document.description).toBe("Reads papers on a topic");
  expect(document.version).toBe("1.2.0");
  expect(document.module).toBe("review.ts");
  expect(document.units.map(({ name, section, role }) => [name, section, role])).toEqual([
    ["topic", "input_data_units", "input"],
    ["limits", "data_units", "parameter"],
    ["report", "output_data_units", "result"],
  ]);
  expect(document.links.map(({ name, className, short }) => [name, className, short])).toEqual([
    ["found", "TransformLink", false],
    ["good", "ConditionalLink", false],
    ["search.query", "DirectLink", true],
  ]);
  expect(document.pools).toEqual({ cpu: 4, memory: 8_000_000_000, licence: 2 });
  expect(document.executor?.className).toBe("ThreadExecutor");
  expect(document.hooks.onFailure?.config).toEqual({ method: "POST", url: "" });
});

test("document: a budget is read into amounts, times in milliseconds", () => {
  const text = "name: x\nsteps: { a: { class: X } }\nbudget: { model_calls: 5, tokens: 1000, usd: 0.5, time: 2m }\n";
  expect(loaded(text).budget).toEqual({ model_calls: 5, tokens: 1000, usd: 0.5, ms: 120_000 });
});

test("document: the settings of a step are read into natural units", () => {
  const [search, read, improve, approve] = loaded(everyKey, worldOf.everyKey).steps;
  expect(search).toMatchObject({
    className: "nanobrain.library.steps.LiteratureSearchStep",
    config: { search_engines: ["pubmed", "arxiv"], max_results: 100 },
    errorHandling: "continue",
    fallback: { className: "CachedSearchStep" },
    resources: { cpu: 1, memory: 512_000_000, network: 1 },
    executor: "thread",
    cache: "shared",
    checkpoint: true,
    whenAbsent: "fail",
    maxActivations: 1000,
    onRollback: { className: "CommandStep", config: { command: ["rm", "-rf", "{{ folder }}"] } },
  });
  expect(search?.inputs).toMatchObject([
    { port: "limit", hold: true, constant: false, default: { value: 10 } },
    { port: "query", hold: false, constant: false },
  ]);
  expect(read?.forEach).toEqual({ over: "papers", as: "paper", concurrency: 4, maxFailures: 2 });
  expect(read?.config).toEqual({
    agent: { class: "EnhancedCollaborativeAgent", config: { model: "small" } },
  } satisfies object);
  expect(improve?.workflow?.name).toBe("improve");
  expect(improve?.config).toEqual({});
  expect(improve?.repeat).toEqual({ until: "score > 0.8", max: 5, carry: { draft: "draft" }, onMax: "accept" });
  expect(approve).toMatchObject({ config: { choices: ["yes", "no"] }, timeoutMs: 86_400_000, onTimeout: "no" });
});

test("document: triggers, queues and completion of later features load and are kept", () => {
  const document = loaded(everyTrigger, worldOf.everyTrigger);
  expect(document.completion).toBe("manual");
  expect(document.strategy).toBe("event_driven");
  expect(document.triggers.map(({ name }) => name)).toEqual(["inbox", "newest", "hourly", "bad", "now"]);
  expect(document.links[0]?.config).toMatchObject({ targets: ["work.row", "spare.row"], each: true });
  expect(document.steps[1]?.workflow).toBe(document.steps[2]?.workflow);
});

test("document: the shapes of the seed's section 5.1 load", () => {
  const document = loaded(seedShapes, worldOf.seedShapes);
  expect(document.errorHandling).toBe("retry");
  expect(document.recovery).toEqual({
    maxRetries: 3,
    retryDelayMs: 60_000,
    timeoutMs: 3_600_000,
    rollbackOnFailure: true,
    preservePartialResults: true,
  });
  expect(document.executor).toMatchObject({ className: "nanobrain.core.executor.ParslExecutor", config: { nodes: 2 } });
  expect(document.monitoring.checkpointIntervalMs).toBe(300_000);
});

test("document: the research workflow that NanoBrain was asked for loads word for word", () => {
  const text = readFileSync(new URL("fixtures/research-workflow.yml", import.meta.url), "utf8");
  const document = loaded(text, worldOf.seedShapes);
  expect(document.steps.map(({ name }) => name)).toEqual([
    "literature_search",
    "data_collection",
    "data_preprocessing",
    "llm_analysis",
    "report_generation",
  ]);
  expect(document.links.length).toBe(4);
  expect(document.triggers.length).toBe(2);
});

test("document: every YAML block of the page about documents loads", () => {
  const page = readFileSync(new URL("../../../../docs/document.md", import.meta.url), "utf8");
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((block) => block[1] ?? "");
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) loaded(block.startsWith("name:") ? block : `name: x\n${block}`);
});

test("document: what is not written has the dialect's defaults", () => {
  const document = loaded("name: x\nsteps:\n  a: { class: X }\n");
  expect(document).toMatchObject({
    strategy: "graph",
    errorHandling: "stop",
    recovery: { maxRetries: 3, retryDelayMs: 1000, timeoutMs: null, rollbackOnFailure: false },
    completion: "quiescent",
    units: [],
    links: [],
    triggers: [],
    pools: {},
    metadata: {},
  });
  expect(document.steps[0]).toMatchObject({
    config: {},
    dependsOn: [],
    whenAbsent: "skip",
    concurrency: 1,
  });
  expect(document.steps[0]).not.toHaveProperty("maxActivations");
  expect(document.steps[0]).not.toHaveProperty("timeoutMs");
});

test("document: graph_based is graph", () => {
  expect(loaded("name: x\nexecution_strategy: graph_based\nsteps:\n  a: { class: X }\n").strategy).toBe("graph");
});

test("document: lists with names are read like maps", () => {
  const document = loaded(`name: x
steps:
  - { name: b, class: X }
  - { name: a, class: Y, depends_on: b }
links:
  - { name: l, class: DirectLink, config: { source: b.out, target: a.in } }
data_units:
  - { name: u, class: DataUnitMemory }
`);
  expect(document.steps.map(({ name }) => name)).toEqual(["b", "a"]);
  expect(document.steps[1]).toMatchObject({ dependsOn: ["b"], path: ["steps", 1] });
  expect(document.links[0]?.name).toBe("l");
  expect(document.places.of(["steps", 1, "class"])).toMatchObject({ line: 4, column: 23 });
});

test("document: an input and an output unit may share a name", () => {
  const units =
    "input_data_units: { u: { class: DataUnitMemory } }\noutput_data_units: { u: { class: DataUnitMemory } }\n";
  expect(loaded(`name: x\nsteps:\n  a: { class: X }\n${units}`).units).toHaveLength(2);
});

test("units: settings may stand beside class or in config, and leave the rest to the class", () => {
  const [one, two] = loaded(
    `name: x
steps: { a: { class: X } }
data_units:
  one: { class: DataUnitFile, schema: { type: string }, default: null, optional: true, merge: list, config: { path: p } }
  two: { class: DataUnitFile, config: { path: p, schema: s.json, role: metric } }
`,
    { "s.json": '{"type": "object"}' },
  ).units;
  expect(one).toMatchObject({
    schema: { type: "string" },
    default: { value: null },
    optional: true,
    merge: "list",
    config: { path: "p" },
  });
  expect(two).toMatchObject({ schema: { type: "object" }, role: "metric", optional: false, config: { path: "p" } });
  expect(two).not.toHaveProperty("default");
});

test("inputs: scalars, lists and null are constants, maps are settings", () => {
  const [first] = loaded(step("inputs: { a: 5, b: [1], c: null, d: { default: { x: 1 }, optional: false } }")).steps;
  expect(first?.inputs).toMatchObject([
    { port: "a", constant: true, default: { value: 5 } },
    { port: "b", constant: true, default: { value: [1] } },
    { port: "c", constant: true, default: { value: null } },
    { port: "d", constant: false, default: { value: { x: 1 } }, optional: false },
  ]);
});

test("inputs: a list with names is read like a map", () => {
  const { steps, links } = loaded(step("inputs: [{ name: p, from: u }, { name: q, default: 5, hold: true }]"));
  expect(steps[0]?.inputs).toMatchObject([{ port: "p" }, { port: "q", default: { value: 5 }, hold: true }]);
  expect(links.map(({ name }) => name)).toEqual(["a.p"]);
});

test("inputs: from makes links named for their target, of the kind that when and transform say", () => {
  const { links } = loaded(`name: x
steps:
  a:
    class: X
    inputs:
      plain: { from: u }
      gate: { from: b.out, when: "score > 1", otherwise: fail }
      field: { from: b.out, when: { field: s, operator: gt, value: 1 } }
      named: { from: b.out, transform: to_papers }
      path: { from: b.out, transform: ./m.ts#shape }
      inline: { from: b.out, transform: "notes[score > 0.5]" }
      mapped: { from: b.out, transform: { title: name } }
      full: { from: b.out, transform: { expression: "$.x", output_schema: s.json } }
      two: { from: [b.x, b.y], merge: list }
`);
  expect(links.map(({ name, className, config }) => [name, className, config])).toEqual([
    ["a.plain", "DirectLink", { source: "u", target: "a.plain" }],
    ["a.gate", "ConditionalLink", { source: "b.out", target: "a.gate", condition: "score > 1", otherwise: "fail" }],
    [
      "a.field",
      "ConditionalLink",
      { source: "b.out", target: "a.field", condition: { field: "s", operator: "gt", value: 1 } },
    ],
    ["a.named", "TransformLink", { source: "b.out", target: "a.named", transform_function: "to_papers" }],
    ["a.path", "TransformLink", { source: "b.out", target: "a.path", transform_function: "./m.ts#shape" }],
    ["a.inline", "TransformLink", { source: "b.out", target: "a.inline", expression: "notes[score > 0.5]" }],
    ["a.mapped", "TransformLink", { source: "b.out", target: "a.mapped", mapping: { title: "name" } }],
    ["a.full", "TransformLink", { source: "b.out", target: "a.full", expression: "$.x", output_schema: "s.json" }],
    ["a.two.1", "DirectLink", { source: "b.x", target: "a.two" }],
    ["a.two.2", "DirectLink", { source: "b.y", target: "a.two" }],
  ]);
});

test("inputs: places of a short link's config are those of the words that say it", () => {
  const { links, places } = loaded(step('inputs: { q: { from: b.out, when: "x > 1" } }'));
  const at = links[0]?.configPath ?? [];
  expect(places.of([...at, "source"])).toMatchObject({ line: 3, column: 39 });
  expect(places.inside([...at, "condition"], 4, 1)).toEqual({ file: "w.yml", line: 3, column: 57, endColumn: 58 });
});

test("outputs: names, or ports with schemas", () => {
  expect(loaded(step("outputs: [p, { name: q, optional: true }]")).steps[0]?.outputs).toEqual([
    { port: "p", optional: false },
    { port: "q", optional: true },
  ]);
  expect(loaded(step("outputs: { p: , q: { schema: { type: string } } }")).steps[0]?.outputs).toEqual([
    { port: "p", optional: false },
    { port: "q", optional: false, schema: { type: "string" } },
  ]);
});

test("keys: metadata and x- keys are free, at the top and in steps", () => {
  const document = loaded(step("metadata: { owner: me }, x-note: 1").concat("metadata: { a: { b: 1 } }\nx-any: [1]\n"));
  expect(document.metadata).toEqual({ a: { b: 1 } });
});

test("values: YAML 1.2: yes, no, off and dates are text", () => {
  const document = loaded(
    step('cache: off, on_timeout: no, config: { a: yes, b: 2024-01-01, c: 0o17, d: 0x1F, e: ~, f: 1_000, g: "5" }'),
  );
  expect(document.steps[0]).toMatchObject({
    cache: "off",
    onTimeout: "no",
    config: { a: "yes", b: "2024-01-01", c: 15, d: 31, e: null, f: "1_000", g: "5" },
  });
});

test("aliases and merge keys: what is written in the map wins, then the map named first", () => {
  const document = loaded(`name: x
x-base: &base { retries: 1, url: base, deep: { a: 1 } }
x-more: &more { url: more, extra: 2 }
steps:
  a: { class: X, config: { <<: [*base, *more], retries: 5 } }
  b: { class: X, config: *base }
`);
  expect(document.steps[0]?.config).toEqual({ retries: 5, url: "base", deep: { a: 1 }, extra: 2 });
  expect(document.steps[1]?.config).toEqual({ retries: 1, url: "base", deep: { a: 1 } });
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("byte order mark: it is skipped, and columns count from behind it", () => {
  const { diagnostics } = load("\ufeffnme: x\nsteps:\n  a: { class: X }\nname: x\n");
  expect(diagnostics).toMatchObject([{ code: "E_UNKNOWN_KEY", line: 1, column: 1, endColumn: 4 }]);
});

test("a document with faults is given as far as it can be read", () => {
  const { document, diagnostics } = load("name: x\nsteps:\n  a: { config: {} }\n  b: { class: X, timeout: never }\n");
  expect(diagnostics.map(({ code }) => code)).toEqual(["E_MISSING", "E_TYPE"]);
  expect(document?.steps.map(({ name, className }) => [name, className])).toEqual([
    ["a", ""],
    ["b", "X"],
  ]);
  expect(load("name: [x\n").document).toBeUndefined();
});
