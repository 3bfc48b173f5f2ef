import { describe, expect, it } from "vitest";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { compileText, standInStep } from "../testing/compile-text.js";
import { onlyStep } from "./only-step.js";

const text = `name: intake
execution_strategy: event_driven
completion: manual
steps:
  load: { class: Open }
  first: { class: Open, inputs: { x: { from: load.other } } }
  work: { class: Open }
  spare: { class: Open }
  report: { class: Open, inputs: { x: { from: spare.y } } }
links:
  unread: { class: QueueLink, config: { source: first.y, target: work.a } }
  rows: { class: QueueLink, config: { source: load.rows, targets: [work.row, spare.row], balance: weighted, weights: { spare.row: 3 } } }
triggers:
  go: { class: ManualTrigger, config: { step_targets: [load] } }
`;

async function rootOf(only: string): Promise<WorkflowPlan> {
  const { plan } = await compileText(text, { definitions: [standInStep("lab.Open", "open", "open")] });
  return (onlyStep(plan as Plan, only).workflows[0] ?? expect.fail("no workflow")) satisfies WorkflowPlan;
}

describe("only one step", () => {
  it("behind a queue with several targets: the queue leads to it alone, and still leaves its source", async () => {
    const root = await rootOf("report");
    const names = root.nodes.filter((node) => node.kind !== "output").map((node) => node.name);
    expect(names).toEqual(["rows.dead_letters", "load", "spare", "report"]);
    const [queue] = root.queues;
    expect(root.queues).toHaveLength(1);
    expect(queue).toMatchObject({ name: "rows", weights: [3], letters: 0, from: { node: 1 } });
    const link = root.links[queue?.links[0] ?? -1];
    expect(link).toMatchObject({ name: "rows[1]", queue: 0, to: { node: 2, port: "row" } });
    expect(root.nodes[1]?.outLinks).toEqual(queue?.links);
    expect(root.nodes[0]?.unit?.letters).toBe(0);
    expect(root.nodes[2]?.ports).toMatchObject([{ name: "row", links: queue?.links }]);
  });

  it("nothing waits for a trigger, and the run ends by itself", async () => {
    const root = await rootOf("report");
    expect(root.nodes.some((node) => node.step?.triggered === true)).toBe(false);
    expect({ triggers: root.triggers, completion: root.completion }).toEqual({ triggers: [], completion: "quiescent" });
  });

  it("a step that is not there: the steps there are", async () => {
    await expect(rootOf("reprot")).rejects.toThrow("no such step (steps: load, first, work, spare, report)");
  });
});
