import { describe, expect, it } from "vitest";
import { compileText, standInStep } from "../testing/compile-text.js";
import type { WorkflowPlan } from "./plan.js";

const definitions = [
  standInStep("lab.Open", "open", "open"),
  standInStep("lab.Make", {}, { out: { schema: { type: "string" } } }),
  standInStep(
    "lab.Take",
    { text: { schema: { type: "string" } }, limit: { default: 3 } },
    { done: {}, extra: { optional: true } },
  ),
  standInStep("lab.Loud", { text: { optional: true } }, { done: {} }, { effects: true, executor: "thread" }),
];

const compiled = async (text: string, options: Parameters<typeof compileText>[1] = {}) => {
  const { plan, diagnostics } = await compileText(`name: sample\n${text}`, { definitions, ...options });
  expect(diagnostics.filter((one) => one.severity === "error")).toEqual([]);
  const root = plan?.workflows[0];
  if (plan === undefined || root === undefined) return expect.fail("no plan");
  return { plan, root, diagnostics };
};

const names = (workflow: WorkflowPlan, nodes: readonly number[]) => nodes.map((node) => workflow.nodes[node]?.name);
const node = (workflow: WorkflowPlan, name: string) => workflow.nodes.find((one) => one.name === name);

const arrows = ["A C", "B C", "C E", "D E", "E G", "F G", "C H", "E H"];
const graph = [
  "steps:",
  ...[..."ABCDEFGH"].map((letter) => `  ${letter}: { class: Open }`),
  "links:",
  ...arrows
    .map((arrow) => arrow.split(" "))
    .map(
      ([from, to]) =>
        `  ${from}${to}: { class: DirectLink, config: { source: ${from}.out, target: ${to}.from${from} } }`,
    ),
].join("\n");

describe("compilePlan", () => {
  it("the graph A to H: four stages, tails and ranks", async () => {
    const { root } = await compiled(graph);
    expect(root.stages.map((stage) => names(root, stage))).toEqual([["A", "B", "D", "F"], ["C"], ["E"], ["G", "H"]]);
    expect(root.steps.map((step) => root.nodes[step]?.tail)).toEqual([4, 4, 3, 3, 2, 2, 1, 1]);
    expect(
      names(
        root,
        [...root.steps].sort((a, b) => root.nodes[a]!.rank - root.nodes[b]!.rank),
      ),
    ).toEqual([..."ABCDEFGH"]);
  });

  it("nodes: units, steps, outputs, each in document order; links on both sides", async () => {
    const { root } = await compiled(
      [
        "output_data_units:\n  text: { class: DataUnitString }",
        "data_units:\n  between: { class: DataUnitMemory }",
        "input_data_units:\n  text: { class: DataUnitString, schema: { minLength: 2 } }",
        "steps:\n  take: { class: Take, inputs: { text: { from: between }, limit: 10 } }",
        "links:\n  in: { class: DirectLink, config: { source: text, target: between } }",
        "  out: { class: DirectLink, config: { source: take.done, target: text } }",
      ].join("\n"),
    );
    expect(root.nodes.map((one) => `${one.kind} ${one.name}`)).toEqual([
      "unit text",
      "unit between",
      "step take",
      "output text",
    ]);
    expect(root.links.map((link) => `${link.from.node}.${link.from.port} ${link.to.node}.${link.to.port}`)).toEqual([
      "0.value 1.value",
      "2.done 3.value",
      "1.value 2.text",
    ]);
    expect(root.nodes[0]?.ports[0]?.schema).toEqual({ minLength: 2, type: "string" });
    expect(root.nodes[2]?.ports).toEqual([
      { name: "text", links: [2], merge: "single", optional: false, hold: false, schema: { type: "string" } },
      { name: "limit", links: [], merge: "single", optional: false, hold: false, default: { json: 10 } },
    ]);
    expect(root.nodes.map((one) => one.outLinks)).toEqual([[0], [2], [1], []]);
    expect(root.nodes.map((one) => one.depth)).toEqual([0, 0, 0, 0]);
    expect([names(root, root.inputs), names(root, root.outputs)]).toEqual([["text"], ["text"]]);
  });

  it("no declared outputs: each output port that no link leaves, as step.port", async () => {
    const { root } = await compiled(
      "steps:\n  make: { class: Make }\n  take: { class: Take, inputs: { text: { from: make.out } } }",
    );
    expect(names(root, root.outputs)).toEqual(["take.done", "take.extra"]);
  });

  it("open outputs: the ports that links name", async () => {
    const { root } = await compiled(
      "steps:\n  a: { class: Open, outputs: { y: {} } }\n  b: { class: Take, inputs: { text: { from: a.x } } }",
    );
    expect(node(root, "a")?.outPorts).toEqual([
      { name: "y", optional: false },
      { name: "x", optional: true },
    ]);
    expect(names(root, root.outputs)).toEqual(["a.y", "b.done", "b.extra"]);
  });

  it("open outputs that nobody names: the whole result, as output", async () => {
    const { root } = await compiled("steps:\n  a: { class: Open }");
    expect(node(root, "a")?.outPorts).toEqual([{ name: "output", optional: true }]);
    expect(names(root, root.outputs)).toEqual(["a.output"]);
  });

  it("defaults: graph, stop, 3 retries, 1 s; cache off and thread where the class says so", async () => {
    const { root } = await compiled("steps:\n  make: { class: Make }\n  loud: { class: Loud }");
    expect(root.strategy).toBe("graph");
    expect(root.recovery).toEqual({
      handling: "stop",
      maxRetries: 3,
      retryDelayMs: 1000,
      rollbackOnFailure: false,
      own: false,
    });
    expect(node(root, "make")?.step).toMatchObject({
      cache: "run",
      executor: "local",
      timeoutMs: null,
      effects: false,
    });
    expect(node(root, "loud")?.step).toMatchObject({ cache: "off", executor: "thread", effects: true });
  });

  it("recovery and settings of a step go before the workflow's", async () => {
    const { root } = await compiled(
      [
        "error_handling: retry\nerror_handling_config: { max_retries: 5, retry_delay: 2, timeout: 60 }",
        "steps:",
        "  a: { class: Make, error_handling: continue, max_retries: 1, timeout: 3s, cache: shared, checkpoint: true }",
        "  b: { class: Make }",
      ].join("\n"),
    );
    expect(root.timeoutMs).toBe(60_000);
    expect(node(root, "a")?.step).toMatchObject({
      recovery: { handling: "continue", maxRetries: 1, retryDelayMs: 2000, own: true },
      timeoutMs: 3000,
      cache: "shared",
      checkpoint: true,
    });
    expect(node(root, "b")?.step?.recovery).toMatchObject({ handling: "retry", maxRetries: 5, own: false });
  });

  it("executor: the caller's, else the step's, else the document's", async () => {
    const text = [
      "executor: { class: ThreadExecutor, config: { max_workers: 4 } }",
      "steps:\n  a: { class: Make }\n  b: { class: Make, executor: local }",
    ].join("\n");
    const { plan, root } = await compiled(text);
    expect(root.steps.map((step) => root.nodes[step]?.step?.executor)).toEqual(["thread", "local"]);
    expect(plan.executors).toEqual({ local: {}, thread: { max_workers: 4 } });
    const forced = await compiled(text, { executor: "local" });
    expect(forced.root.steps.map((step) => forced.root.nodes[step]?.step?.executor)).toEqual(["local", "local"]);
  });

  it("resources: equal demands are one, by position in the pools", async () => {
    const { plan, root } = await compiled(
      "resources: { cpu: 4 }\nsteps:\n  a: { class: Make, resources: { memory: 1KB, cpu: 1 } }\n  b: { class: Make }\n  c: { class: Make, resources: { cpu: 1, memory: 1KB } }",
    );
    expect(plan.pools).toEqual([
      { name: "cpu", size: 4 },
      { name: "memory", size: -1 },
    ]);
    expect(root.steps.map((step) => plan.demands[root.nodes[step]?.step?.demand ?? -1])).toEqual([
      [1, 1000],
      [0, 0],
      [1, 1000],
    ]);
  });

  it("for_each: the collection takes the item's port", async () => {
    const { root } = await compiled(
      "steps:\n  make: { class: Open, outputs: { all: { schema: { type: array } } } }\n  take: { class: Take, for_each: { over: texts, as: text, concurrency: 2, max_failures: 1 }, inputs: { texts: { from: make.all } } }",
    );
    const take = node(root, "take");
    expect(take?.ports.map((port) => port.name)).toEqual(["limit", "texts"]);
    expect(take?.ports[1]?.schema).toEqual({ type: "array", items: { type: "string" } });
    expect(take?.step?.forEach).toEqual({ over: 1, as: "text", concurrency: 2, maxFailures: 1 });
  });

  it("conditions: text as written, or made of field, operator and value", async () => {
    const { root } = await compiled(
      [
        "steps:\n  a: { class: Make }",
        "  b: { class: Loud, inputs: { text: { from: a.out, when: size(value) > 3, otherwise: fail } } }",
        "  c: { class: Loud, inputs: { text: { from: a.out, when: { field: x.y, operator: ge, value: 2 } } } }",
      ].join("\n"),
    );
    expect(root.links.slice(0, 2)).toMatchObject([
      { kind: "conditional", condition: "size(value) > 3", otherwise: "fail", plain: false },
      { kind: "conditional", condition: "x.y >= 2", otherwise: "skip" },
    ]);
  });

  it("plain links: nothing to check that the source has not met", async () => {
    const { root } = await compiled(
      [
        "steps:\n  make: { class: Make }\n  open: { class: Open }",
        "  same: { class: Take, inputs: { text: { from: make.out } } }",
        "  unsure: { class: Take, inputs: { text: { from: open.x } } }",
      ].join("\n"),
    );
    expect(root.links.slice(0, 2).map((link) => link.plain)).toEqual([true, false]);
  });

  it("nested workflows: each document once, units are the ports", async () => {
    const child = [
      "name: child",
      "input_data_units:\n  text: { class: DataUnitString }\n  limit: { class: DataUnitMemory, default: 3 }",
      "output_data_units:\n  result: { class: DataUnitMemory, schema: { type: string } }",
      "steps:\n  make: { class: Take, inputs: { text: { from: text } } }",
      "links:\n  out: { class: DirectLink, config: { source: make.done, target: result } }",
    ].join("\n");
    const { plan, root } = await compiled(
      [
        "steps:\n  make: { class: Make }",
        "  one: { class: Workflow, config: child.yml, inputs: { text: { from: make.out } } }",
        "  two: { class: Workflow, config: child.yml, inputs: { text: { from: one.result } } }",
      ].join("\n"),
      { files: { "child.yml": child } },
    );
    expect(plan.workflows.map((workflow) => workflow.name)).toEqual(["sample", "child"]);
    expect(node(root, "one")?.step).toMatchObject({ workflow: 1, cache: "off" });
    expect(node(root, "one")?.step?.component).toBeUndefined();
    expect(node(root, "two")?.ports.map((port) => [port.name, port.optional])).toEqual([
      ["text", false],
      ["limit", true],
    ]);
    expect(node(root, "two")?.outPorts).toEqual([{ name: "result", optional: true, schema: { type: "string" } }]);
  });

  it("nested workflows: faults carry the file they are in", async () => {
    const { diagnostics } = await compileText("name: outer\nsteps:\n  in: { class: Workflow, config: child.yml }", {
      definitions,
      files: { "child.yml": "name: child\nsteps:\n  a: { class: Mke }" },
    });
    expect(diagnostics.map(({ code, file, line }) => ({ code, file, line }))).toEqual([
      { code: "E_CLASS_UNKNOWN", file: "child.yml", line: 3 },
    ]);
  });

  it("modules: the export, the code's hash in the version, on a thread", async () => {
    const { root } = await compiled("steps:\n  a: { class: './steps/x.ts#Y', config: { n: 1 } }", {
      files: { "steps/x.ts": "export const Y = 1;" },
      codeHash: () => "abc",
    });
    expect(node(root, "a")?.step).toMatchObject({
      component: { class: "Y", version: "abc", config: { n: 1 }, module: { path: "steps/x.ts", export: "Y" } },
      executor: "thread",
    });
  });

  it("parameters: an input that keeps its value", async () => {
    const { root } = await compiled(
      "data_units:\n  limits: { class: DataUnitMemory, config: { role: parameter, default: x } }\nsteps:\n  a: { class: Take, inputs: { text: { from: limits } } }",
    );
    expect(names(root, root.inputs)).toEqual(["limits"]);
    expect(node(root, "a")?.ports[0]?.hold).toBe(true);
  });

  it("strategy: the caller's replaces the root's", async () => {
    const { root } = await compiled("execution_strategy: event_driven\nsteps:\n  a: { class: Make }", {
      strategy: "sequential",
    });
    expect(root.strategy).toBe("sequential");
  });
});

describe("plan hash", () => {
  const hash = async (text: string, options: Parameters<typeof compileText>[1] = {}) =>
    (await compiled(text, options)).plan.hash;
  const base =
    "steps:\n  a: { class: Open, config: { x: 1, y: 2 } }\n  b: { class: Take, inputs: { text: { from: a.x } } }";

  it("is 64 hex digits, the same each time, and with the caller's own hash", async () => {
    expect(await hash(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(await hash(base)).toBe(await hash(base));
    expect(await hash(base, { hash: (text) => `h${text.length}` })).toMatch(/^h\d+$/);
  });

  it("does not change with comments, places, descriptions and the order of config keys", async () => {
    const same = `# a comment\ndescription: other\n${base.replace("x: 1, y: 2", "y: 2, x: 1")}`;
    expect(await hash(same)).toBe(await hash(base));
  });

  it.each([
    ["a config", base.replace("y: 2", "y: 3")],
    ["a name", base.replaceAll("b:", "c:")],
    ["the strategy", `execution_strategy: parallel\n${base}`],
    ["a timeout", base.replace("class: Take", "class: Take, timeout: 5")],
    [
      "the order of steps",
      `steps:\n  b: { class: Take, inputs: { text: { from: a.x } } }\n  a: { class: Open, config: { x: 1, y: 2 } }`,
    ],
  ])("changes with %s", async (_what, text) => {
    expect(await hash(text)).not.toBe(await hash(base));
  });

  it("changes with a class's version and a module's code", async () => {
    const newer = definitions.map((one) => (one.class === "lab.Open" ? { ...one, version: "2" } : one));
    expect(await hash(base, { definitions: newer })).not.toBe(await hash(base));
    const module = (code: string) =>
      hash("steps:\n  a: { class: './x.ts#Y' }", { files: { "x.ts": "" }, codeHash: () => code });
    expect(await module("1")).not.toBe(await module("2"));
  });
});
