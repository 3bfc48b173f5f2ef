import { describe, expect, it } from "vitest";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { compileText, standInStep } from "../testing/compile-text.js";
import { intakeText, reviewText } from "../testing/whole-documents.js";

const definitions = [
  standInStep("lab.Make", {}, { x: { optional: false }, y: { optional: false } }),
  standInStep("lab.Take", { v: {} }, { out: { optional: false } }),
  standInStep("lab.Both", { v: {}, w: { optional: true } }, { out: { optional: false } }),
  standInStep("lab.Marked", { a: { optional: true }, b: { optional: true, trigger: true } }, { out: {} }),
  standInStep("lab.Open", "open", "open"),
];

async function planOf(text: string, options: Parameters<typeof compileText>[1] = {}): Promise<Plan> {
  const { plan, diagnostics } = await compileText(text, { definitions, ...options });
  expect(diagnostics).toEqual([]);
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

async function rootOf(lines: readonly string[], options?: Parameters<typeof compileText>[1]): Promise<WorkflowPlan> {
  const [root] = (await planOf(["name: test", ...lines].join("\n"), options)).workflows;
  if (root === undefined) throw new Error("no workflow");
  return root;
}

const named = (workflow: WorkflowPlan, node: number | undefined) => workflow.nodes[node ?? -1]?.name;

describe("queues", () => {
  const lines = [
    "steps:",
    "  make: { class: Make }",
    "  a: { class: Take }",
    "  b: { class: Take }",
    "links:",
    "  q: { class: QueueLink, config: { source: make.x, targets: [a.v, b.v], each: true, balance: weighted, weights: { b.v: 3 }, key: id } }",
  ];

  it("plan: a link for each target, weights by target, the dead letters as a unit of their own", async () => {
    const root = await rootOf(lines);
    const [queue] = root.queues;
    expect(queue).toMatchObject({ name: "q", each: true, capacity: 100, balance: "weighted", weights: [1, 3] });
    expect(queue).toMatchObject({ key: "id", maxDeliveries: 3, links: [0, 1] });
    const items = root.links.filter((link) => link.kind === "queue");
    expect(items.map((link) => [link.name, link.queue, named(root, link.to.node), link.plain])).toEqual([
      ["q[0]", 0, "a", false],
      ["q[1]", 0, "b", false],
    ]);
    expect(named(root, queue?.letters)).toBe("q.dead_letters");
    expect(root.nodes[queue?.letters ?? -1]?.unit?.letters).toBe(0);
  });

  it("source: the first link alone leaves it, and stands for the queue", async () => {
    const root = await rootOf(lines);
    const make = root.nodes.find((node) => node.name === "make");
    expect(make?.outLinks.map((link) => root.links[link]?.name)).toEqual(["q[0]", "make.y"]);
  });
});

describe("cycles", () => {
  it("plan: members by cycle, links that return to an each port, links that leave", async () => {
    const root = await rootOf([
      "execution_strategy: event_driven",
      "input_data_units:\n  seed: { class: DataUnitMemory }",
      "steps:",
      "  head: { class: Take, inputs: { v: { merge: each, from: seed } } }",
      "  body: { class: Take, inputs: { v: { from: head.out } } }",
      "  tail: { class: Take, inputs: { v: { from: body.out, when: 'value > 3' } } }",
      "links:",
      "  again: { class: ConditionalLink, config: { source: body.out, target: head.v, condition: 'value <= 3' } }",
    ]);
    expect(root.nodes.map((node) => [node.name, node.knot])).toEqual([
      ["seed", -1],
      ["head", 0],
      ["body", 0],
      ["tail", -1],
      ["tail.out", -1],
    ]);
    const flags = root.links.map(({ name, back, exit }) => [name, back, exit]);
    expect(flags).toEqual([
      ["again", true, false],
      ["head.v", false, false],
      ["body.v", false, false],
      ["tail.v", false, true],
      ["tail.out", false, false],
    ]);
    expect(root.nodes.map((node) => node.rank)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("loops, waits and rollback", () => {
  it("plan of the review: a loop, a person, what is undone, and what time decides", async () => {
    const { review, improve } = await reviewPlan();
    const step = (name: string) => review.nodes.find((node) => node.name === name)?.step;
    expect(step("improve")?.repeat).toEqual({
      until: "score > 0.8",
      max: 5,
      carry: [{ output: "draft", input: "draft" }],
      onMax: "accept",
    });
    expect(step("approve")).toMatchObject({ waits: "person", onTimeout: { json: "no" }, timeoutMs: 86_400_000 });
    expect(step("search")?.onRollback?.class).toBe("nanobrain.core.step.CommandStep");
    expect(review).toMatchObject({ restorable: true, checkpointIntervalMs: 300_000, preservePartialResults: true });
    expect(improve).toMatchObject({ restorable: false, checkpointIntervalMs: null });
  });

  it("a fallback that asks a person: the step waits for one", async () => {
    const root = await rootOf([
      "steps:",
      "  a: { class: Open, fallback: { class: ApprovalStep, config: { question: Well? } }, outputs: [decision] }",
      "  b: { class: WaitStep, config: { for: 3s } }",
      "  c: { class: Open, error_handling: rollback }",
    ]);
    expect(root.steps.map((node) => root.nodes[node]?.step?.waits)).toEqual(["person", "time", undefined]);
    expect(root.restorable).toBe(true);
  });

  it("streams: collect what links bring them, unless the document says otherwise", async () => {
    const root = await rootOf([
      "data_units:",
      "  all: { class: DataUnitStream }",
      "  one: { class: DataUnitStream, merge: first }",
      "input_data_units:\n  given: { class: DataUnitStream }",
      "steps:\n  make: { class: Make }",
      "links:",
      "  a: { class: DirectLink, config: { source: make.x, target: all } }",
      "  b: { class: DirectLink, config: { source: make.y, target: one } }",
    ]);
    const merges = root.nodes.filter((node) => node.kind === "unit").map((node) => [node.name, node.ports[0]?.merge]);
    expect(merges).toEqual([
      ["given", "single"],
      ["all", "collect"],
      ["one", "first"],
    ]);
  });
});

describe("triggers", () => {
  const fed = async (trigger: string, steps: readonly string[], more: readonly string[] = []) => {
    const root = await rootOf([
      "execution_strategy: event_driven",
      "completion: manual",
      ...more,
      "steps:",
      ...steps,
      `triggers:\n  go: ${trigger}`,
    ]);
    return root.triggers[0]?.targets.map(({ node, feeds }) => [
      named(root, node),
      feeds.map(({ watch, port }) => `${watch}>${port}`),
    ]);
  };
  const manual = (target: string) => `{ class: ManualTrigger, config: { step_targets: [${target}] } }`;
  const watching = (units: string, target: string) =>
    `{ class: DataUpdatedTrigger, config: { watch_data_units: [${units}], step_targets: [${target}] } }`;
  const unit = "input_data_units:\n  w: { class: DataUnitMemory, optional: true }";

  it("a watched value: on the port of its name, else on the one that the class marks", async () => {
    expect(await fed(watching("w", "s"), ["  s: { class: Both, inputs: { v: 1 } }"], [unit])).toEqual([["s", ["0>w"]]]);
    expect(await fed(watching("w", "s"), ["  s: { class: Marked }"], [unit])).toEqual([["s", ["0>b"]]]);
  });

  it("a watched port: by the port's name; open ports are made, unless a link brings the value anyway", async () => {
    const make = "  make: { class: Make }";
    expect(await fed(watching("make.x", "s"), [make, "  s: { class: Open }"])).toEqual([["s", ["0>x"]]]);
    expect(await fed(watching("make.x", "s.z"), [make, "  s: { class: Open }"])).toEqual([["s", ["0>z"]]]);
    const linked = "  s: { class: Open, inputs: { mine: { from: make.x } } }";
    expect(await fed(watching("make.x", "s"), [make, linked])).toEqual([["s", []]]);
  });

  it("a payload: on the port that is named, of the trigger's name, marked, or the only one that nothing feeds", async () => {
    expect(await fed(manual("s.w"), ["  s: { class: Both, inputs: { v: 1 } }"])).toEqual([["s", ["-1>w"]]]);
    expect(await fed(manual("s"), ["  s: { class: Open, inputs: { go: { optional: true } } }"])).toEqual([
      ["s", ["-1>go"]],
    ]);
    expect(await fed(manual("s"), ["  s: { class: Marked }"])).toEqual([["s", ["-1>b"]]]);
    expect(await fed(manual("s"), ["  s: { class: Both }"])).toEqual([["s", ["-1>v"]]]);
    expect(await fed(manual("s"), ["  s: { class: Open }"])).toEqual([["s", ["-1>go"]]]);
    expect(await fed(manual("s.v, s.w"), ["  s: { class: Both }"])).toEqual([["s", ["-1>v", "-1>w"]]]);
  });

  it("triggers made of others: they bring what those bring, all of them as a list", async () => {
    const root = await rootOf([
      "execution_strategy: event_driven",
      "steps:\n  load: { class: Take }\n  both: { class: Take }\n  tick: { class: Open }",
      "triggers:",
      "  inbox: { class: FolderTrigger, config: { path: inbox } }",
      "  now: { class: ManualTrigger }",
      "  clock: { class: TimerTrigger, config: { interval: 5m } }",
      "  one: { class: AnyTrigger, config: { triggers: [inbox, now], step_targets: [load] } }",
      "  two: { class: AllTrigger, config: { triggers: [one, clock], step_targets: [both.v] } }",
      "  idle: { class: AnyTrigger, config: { triggers: [clock], step_targets: [tick] } }",
    ]);
    expect(root.triggers.map(({ name, members, targets }) => [name, members, targets])).toEqual([
      ["inbox", [], []],
      ["now", [], []],
      ["clock", [], []],
      ["one", [0, 1], [{ node: 0, feeds: [{ watch: -1, port: "v" }] }]],
      ["two", [3, 2], [{ node: 1, feeds: [{ watch: -1, port: "v" }] }]],
      ["idle", [2], [{ node: 2, feeds: [] }]],
    ]);
  });

  it("a port made for one trigger: optional, as another may fire the step", async () => {
    const root = await rootOf([
      "execution_strategy: event_driven",
      "steps:\n  s: { class: Open }",
      `triggers:\n  go: ${manual("s")}`,
    ]);
    expect(root.nodes[0]?.ports).toMatchObject([{ name: "go", optional: true, links: [] }]);
    expect(root.nodes[0]?.step?.triggered).toBe(true);
  });

  it("other strategies: triggers start runs, so no step waits for one and nothing is fed", async () => {
    const root = await rootOf([
      "steps:\n  s: { class: Open }",
      `triggers:\n  go: { class: FolderTrigger, config: { path: inbox, step_targets: [s] } }`,
    ]);
    expect(root.triggers[0]).toMatchObject({
      kind: "folder",
      folder: { path: "inbox", pattern: "*" },
      debounceMs: 1000,
      targets: [{ node: 0, feeds: [] }],
    });
    expect(root.nodes[0]?.step?.triggered).toBe(false);
  });

  it("plan of the intake: times in milliseconds, conditions, members and payloads", async () => {
    const functions = { f: () => null, summarize: () => null };
    const child =
      "name: one\ninput_data_units:\n  row: { class: DataUnitMemory }\noutput_data_units:\n  result: { class: DataUnitMemory }\nsteps:\n  work: { class: FunctionStep, config: { function: f }, inputs: { it: { from: row } } }\nlinks:\n  l: { class: DirectLink, config: { source: work.output, target: result } }\n";
    const text = intakeText.concat(
      "  both: { class: AllTrigger, config: { triggers: [hourly, now], window: 10m, step_targets: [report] } }\n",
    );
    const [root] = (await planOf(text, { functions, files: { "workflows/one-file.yml": child } })).workflows;
    const brief = root?.triggers.map(({ place: _place, targets: _targets, ...trigger }) => trigger);
    const plain = {
      progress: false,
      watch: [],
      mode: "any",
      debounceMs: 0,
      coalesce: false,
      windowMs: null,
      rearmMs: 0,
    };
    expect(brief).toEqual([
      {
        ...plain,
        name: "inbox",
        kind: "folder",
        debounceMs: 1000,
        folder: { path: "inbox", pattern: "*.csv" },
        members: [],
      },
      {
        ...plain,
        name: "newest",
        kind: "data_updated",
        watch: [{ node: 2, port: "result" }],
        coalesce: true,
        members: [],
      },
      {
        ...plain,
        name: "hourly",
        kind: "timer",
        timer: { cron: "0 * * * *", timezone: "UTC", misfire: "once" },
        members: [],
      },
      {
        ...plain,
        name: "bad",
        kind: "condition",
        condition: "metrics.run.error_rate > 0.1",
        windowMs: 300_000,
        rearmMs: 60_000,
        members: [],
      },
      { ...plain, name: "now", kind: "manual", payloadSchema: { type: "object" }, members: [] },
      { ...plain, name: "both", kind: "all", windowMs: 600_000, members: [2, 4] },
    ]);
    expect(root?.completion).toBe("manual");
  });
});

async function reviewPlan(): Promise<{ readonly review: WorkflowPlan; readonly improve: WorkflowPlan }> {
  const library = (name: string, inputs: readonly string[], outputs: readonly string[]) =>
    standInStep(`nanobrain.library.steps.${name}`, ports(inputs), ports(outputs));
  const { plan } = await compileText(reviewText, {
    definitions: [
      library("LiteratureSearchStep", ["query", "limit"], ["search_results"]),
      library("CachedSearchStep", ["query", "limit"], ["search_results"]),
      library("AgentStep", ["paper"], ["notes"]),
    ],
    functions: { f: () => null, to_papers: () => null },
    environment: { HOOK_URL: "https://example.org/hook" },
    files: {
      "base.yml": "description: a base\n",
      "review.ts": "",
      "config/reader.yml": "model: sample\n",
      "schemas/notes.json": "{}",
      "workflows/improve.yml":
        "name: improve\ninput_data_units:\n  notes: { class: DataUnitMemory }\n  draft: { class: DataUnitString, optional: true }\noutput_data_units:\n  result: { class: DataUnitMemory }\n  draft: { class: DataUnitMemory }\n  score: { class: DataUnitMemory }\nsteps:\n  work: { class: FunctionStep, config: { function: f }, inputs: { it: { from: notes } } }\n",
    },
  });
  const [review, improve] = plan?.workflows ?? [];
  if (review === undefined || improve === undefined) throw new Error("no plan");
  return { review, improve };
}

const ports = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
