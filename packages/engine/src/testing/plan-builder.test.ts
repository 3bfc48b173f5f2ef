import { describe, expect, it } from "vitest";
import type { WorkflowPlan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { WorkflowSpec } from "./plan-spec.js";

function built(spec: WorkflowSpec): { workflow: WorkflowPlan; at(name: string): number } {
  const workflow = buildPlan(spec).workflows[0] as WorkflowPlan;
  return { workflow, at: (name) => workflow.nodes.findIndex((node) => node.name === name) };
}

describe("built plans", () => {
  it("cycles: links back to an each port and links that leave are marked, the order starts anew", () => {
    const { workflow, at } = built({
      strategy: "event_driven",
      inputs: { seed: {} },
      steps: { head: { ports: { d: { merge: "each" } } }, tail: {}, after: {} },
      links: ["seed -> head.d", "head.x -> tail.x", "tail.x -> head.d ? value < 5.0", "tail.x -> after.x"],
    });
    expect(workflow.links.map(({ back, exit }) => [back, exit])).toEqual([
      [false, false],
      [false, false],
      [true, false],
      [false, true],
    ]);
    expect(workflow.nodes.map((node) => node.knot)).toEqual([-1, 0, 0, -1]);
    expect(["head", "tail", "after"].map((name) => workflow.nodes[at(name)]?.depth)).toEqual([0, 1, 2]);
  });

  it("cycles without an each port or a triggered step are refused", () => {
    const steps = { a: {}, b: {} };
    expect(() => buildPlan({ steps, links: ["a.x -> b.x", "b.x -> a.x"] })).toThrow(/cycle/);
  });

  it("queues: a link for each target, a unit for what is given up", () => {
    const { workflow, at } = built({
      steps: { p: {}, a: {}, b: {} },
      outputs: { dead: {} },
      links: ["rows.dead_letters -> dead"],
      queues: { rows: { link: "p.x => a.in, b.in", capacity: 2, each: true } },
    });
    const [queue] = workflow.queues;
    expect(queue).toMatchObject({ name: "rows", links: [1, 2], capacity: 2, each: true, weights: [1, 1] });
    expect(workflow.links.slice(1).map(({ kind, to }) => [kind, to.node])).toEqual([
      ["queue", at("a")],
      ["queue", at("b")],
    ]);
    expect(workflow.nodes[queue?.letters ?? -1]).toMatchObject({ name: "rows.dead_letters", unit: { letters: 0 } });
    expect(workflow.links[0]?.from.node).toBe(queue?.letters);
  });

  it("triggers: values go to ports of the watched units' names, payloads where the target says", () => {
    const { workflow, at } = built({
      strategy: "event_driven",
      inputs: { news: {} },
      steps: { report: { ports: { news: {} } }, load: { ports: { file: {} } } },
      links: [],
      triggers: {
        fresh: { kind: "data_updated", watch: ["news"], targets: ["report"] },
        inbox: { kind: "folder", targets: ["load.file"] },
        both: { kind: "all", members: ["fresh", "inbox"], targets: ["report"] },
      },
    });
    expect(workflow.triggers.map((trigger) => trigger.targets)).toEqual([
      [{ node: at("report"), feeds: [{ watch: 0, port: "news" }] }],
      [{ node: at("load"), feeds: [{ watch: -1, port: "file" }] }],
      [{ node: at("report"), feeds: [] }],
    ]);
    expect(workflow.triggers[2]?.members).toEqual([0, 1]);
    expect(workflow.steps.map((step) => workflow.nodes[step]?.step?.triggered)).toEqual([true, true]);
  });

  it("parameters: ports linked from them alone keep their last value", () => {
    const { workflow, at } = built({
      inputs: { topic: {} },
      parameters: { limit: { default: 3 } },
      steps: { a: {} },
      links: ["limit -> a.limit", "topic -> a.topic"],
    });
    expect(workflow.nodes[at("a")]?.ports.map((port) => [port.name, port.hold])).toEqual([
      ["limit", true],
      ["topic", false],
    ]);
    expect(workflow.nodes[at("limit")]?.unit?.role).toBe("parameter");
  });
});
