import type { Json } from "../contracts/json.js";
import type { Plan, PlanNode, WorkflowPlan } from "../plan/plan.js";
import { canonicalText } from "./symbolic-step.js";

/**
 * Text of a run's outputs. Lists whose order is nobody's promise are sorted: items of a queue with a key that a target takes several of at once
 * pass each other while one of their key is under way.
 */
export function outputsText(plan: Plan, outputs: { readonly [output: string]: Json }): string {
  const root = plan.workflows[0];
  const text = Object.entries(outputs).map(([name, value]) => [name, isLoose(root, name) ? sorted(value) : value]);
  return canonicalText(Object.fromEntries(text));
}

function sorted(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return [...value].sort((one, other) => (canonicalText(one) < canonicalText(other) ? -1 : 1));
}

function isLoose(workflow: WorkflowPlan | undefined, output: string): boolean {
  const port = workflow?.nodes.find(({ name, kind }) => name === output && kind === "output")?.ports[0];
  if (workflow === undefined || port?.merge !== "collect") return false;
  return port.links.some((link) => passesEachOther(workflow, workflow.nodes[workflow.links[link]?.from.node ?? -1]));
}

/** A step that takes several items of a queue with a key at once, or the unit that holds its dead letters. */
function passesEachOther(workflow: WorkflowPlan, node: PlanNode | undefined): boolean {
  return workflow.queues.some(({ key, links, letters }) => {
    const targets = links.map((link) => workflow.nodes[workflow.links[link]?.to.node ?? -1]);
    const several = targets.filter((target) => (target?.step?.concurrency ?? 1) > 1);
    if (key === undefined || several.length === 0) return false;
    return several.includes(node) || (node !== undefined && workflow.nodes[letters ?? -1] === node);
  });
}
