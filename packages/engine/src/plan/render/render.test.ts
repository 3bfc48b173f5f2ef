import { describe, expect, it } from "vitest";
import { compileText, standInStep } from "../../testing/compile-text.js";
import type { Plan } from "../plan.js";
import { planDot } from "./plan-dot.js";
import { planJson } from "./plan-json.js";
import { planMermaid } from "./plan-mermaid.js";
import { planSvg } from "./plan-svg.js";
import { planText } from "./plan-text.js";

const definitions = [standInStep("lab.Open", "open", "open")];

const compiled = async (text: string, files: { readonly [path: string]: string } = {}): Promise<Plan> => {
  const { plan, diagnostics } = await compileText(text, { definitions, files });
  expect(diagnostics).toEqual([]);
  return plan ?? expect.fail("no plan");
};

const review = () =>
  compiled(
    [
      "name: review",
      "input_data_units:\n  topic: { class: DataUnitString }",
      "data_units:\n  found: { class: DataUnitMemory }",
      "output_data_units:\n  report: { class: DataUnitMemory }",
      "steps:",
      "  search: { class: Open, inputs: { query: { from: topic } } }",
      "  clean: { class: Open, depends_on: [search] }",
      "  read: { class: Open, for_each: { over: papers, as: paper }, inputs: { papers: { from: found } } }",
      "  improve: { class: Workflow, config: improve.yml, inputs: { draft: { from: read.notes, when: 'size(value) > 0' } } }",
      "links:",
      "  a: { class: DirectLink, config: { source: search.papers, target: found } }",
      "  b: { class: DirectLink, config: { source: improve.better, target: report } }",
    ].join("\n"),
    {
      "improve.yml": [
        "name: improve",
        "input_data_units:\n  draft: { class: DataUnitMemory }",
        "output_data_units:\n  better: { class: DataUnitMemory }",
        "steps:\n  edit: { class: Open, inputs: { text: { from: draft } } }",
        "links:\n  out: { class: DirectLink, config: { source: edit.text, target: better } }",
      ].join("\n"),
    },
  );

const notes = new Map([
  ["search", { action: "cached", reason: "same inputs as brave-franklin" } as const],
  ["read", { action: "run", reason: "config.prompt changed since brave-franklin", predictedMs: 38_000 } as const],
]);

describe("plan as text", () => {
  it("a line per step: group, action, reason, time, needs; nested steps below their step", async () => {
    const lines = planText(await review(), notes, { width: 200 }).split("\n");
    expect(lines[0]).toMatch(/^review · graph strategy · 4 steps in 3 groups · plan [0-9a-f]{8}$/);
    expect(lines.slice(1).map((line) => line.replace(/ {2,}/g, "  ").trim())).toEqual([
      "search  group 1  cached  same inputs as brave-franklin",
      "clean  group 2  runs  nothing is known of it  after search",
      "read  group 2  runs  config.prompt changed since brave-franklin  ~38 s  after search",
      "improve  group 3  runs  nothing is known of it  after read",
      "edit  group 1  runs  nothing is known of it",
    ]);
  });

  it("narrow: no line is wider, unless a single word is", async () => {
    const lines = planText(await review(), notes, { width: 60 })
      .split("\n")
      .slice(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.join("\n")).toContain("after read");
  });
});

describe("plan as JSON", () => {
  it("has the promised shape; groups count from 1", async () => {
    const plan = await review();
    const json = planJson(plan, notes);
    expect(json).toMatchObject({
      plan_hash: plan.hash,
      strategy: "graph",
      groups: [["search"], ["clean", "read"], ["improve"]],
      steps: {
        search: { group: 1, needs: [], action: "cached", reason: "same inputs as brave-franklin" },
        read: { group: 2, needs: ["search"], action: "run", predicted_ms: 38_000 },
        improve: { group: 3, needs: ["read"], action: "run", workflow: { groups: [["edit"]] } },
      },
    });
  });

  it("the graph A to H: its four groups", async () => {
    const arrows = ["A C", "B C", "C E", "D E", "E G", "F G", "C H", "E H"].map((arrow) => arrow.split(" "));
    const steps = [..."ABCDEFGH"].map((letter) => `  ${letter}: { class: Open }`);
    const links = arrows.map(
      ([from, to]) => `  ${from}${to}: { class: DirectLink, config: { source: ${from}.x, target: ${to}.${from} } }`,
    );
    const plan = await compiled(["name: letters", "steps:", ...steps, "links:", ...links].join("\n"));
    expect(planJson(plan)).toMatchObject({ groups: [["A", "B", "D", "F"], ["C"], ["E"], ["G", "H"]] });
    expect(planJson(plan)).toMatchObject({ steps: { H: { needs: ["C", "E"], group: 4 } } });
  });
});

const hostile: Plan = {
  format: 1,
  hash: "f".repeat(64),
  name: 'x"><script>alert(1)</script>',
  file: "x.yml",
  workflows: [
    {
      name: "x",
      file: "x.yml",
      strategy: "graph",
      recovery: { handling: "stop", maxRetries: 0, retryDelayMs: 0, rollbackOnFailure: false, own: false },
      timeoutMs: null,
      nodes: ['a"]; evil', "b\\|{}<b>\u0000"].map((name, rank) => ({
        name,
        kind: "unit" as const,
        place: { file: "x.yml", line: 1, column: 1 },
        ports: [],
        outPorts: [],
        openOutputs: false,
        outLinks: [],
        depth: 0,
        rank,
        tail: 0,
        dependsOn: [],
        knot: -1,
      })),
      links: [
        {
          name: "l",
          kind: "conditional",
          from: { node: 0, port: "value" },
          to: { node: 1, port: "value" },
          place: { file: "x.yml", line: 1, column: 1 },
          condition: 'a == "|]--> n9"',
          back: false,
          exit: false,
          plain: false,
        },
      ],
      inputs: [],
      steps: [],
      outputs: [],
      stages: [],
      queues: [],
      triggers: [],
      completion: "quiescent",
      restorable: false,
      checkpointIntervalMs: null,
      preservePartialResults: false,
    },
  ],
  pools: [],
  demands: [],
  executors: {},
  hooks: {},
  monitoring: {},
  warnings: [],
};

describe("drawings", () => {
  it("Mermaid: boxes, round units, double-edged workflows, dashed gates", async () => {
    const text = planMermaid(await review());
    expect(text.split("\n")[0]).toBe("flowchart TD");
    expect(text).toContain('n0(["topic"])');
    expect(text).toContain('[["improve"]]');
    expect(text).toContain('["read (each)"]');
    expect(text).toContain('[/"report"/]');
    expect(text).toContain('-.->|"size(value) #62; 0"|');
  });

  it("DOT: one line per node and arrow", async () => {
    const text = planDot(await review());
    expect(text.startsWith('digraph "review" {')).toBe(true);
    expect(text.match(/ -> /g)?.length).toBe(6);
    expect(text).toContain('[label="size(value) > 0", style=dashed]');
  });

  it("SVG: every node once, layers below each other, arrows between", async () => {
    const svg = planSvg(await review());
    expect(svg.match(/<g class="(unit|step|output)">/g)?.length).toBe(7);
    expect(svg.match(/<path class="arrow/g)?.length).toBe(6);
    const y = (name: string) => Number(new RegExp(`y="([\\d.]+)">${name}<`).exec(svg)?.[1]);
    expect([
      y("topic") < y("search"),
      y("search") < y("found"),
      y("found") < y("read"),
      y("read") < y("improve"),
    ]).toEqual([true, true, true, true]);
  });

  it("hostile names stay text", () => {
    const svg = planSvg(hostile);
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("<b>");
    expect(svg).not.toContain("\u0000");
    expect(planDot(hostile)).toContain('label="a\\"]; evil"');
    for (const line of planMermaid(hostile).split("\n").slice(1))
      expect(line.replace(/"[^"]*"/g, "")).toMatch(/^ {2}n\d(\(\[\]\)| -\.->\|\| n\d)$/);
  });
});
