import type { Json, JsonObject } from "../../contracts/json.js";
import type { Plan, WorkflowPlan } from "../plan.js";
import { noteOf, type PlanNotes } from "./plan-notes.js";
import { stepNeeds } from "./step-needs.js";

/**
 * A plan as `plan --format json` prints it. Groups count from 1: group 1 is `groups[0]`. A step that is a nested workflow
 * holds that workflow's strategy, groups and steps under `workflow`.
 */
export function planJson(plan: Plan, notes: PlanNotes = new Map()): JsonObject {
  const [root] = plan.workflows;
  if (root === undefined) return { plan_hash: plan.hash, strategy: "graph", groups: [], steps: {} };
  return { plan_hash: plan.hash, ...workflowJson(plan, root, notes, "") };
}

function workflowJson(plan: Plan, workflow: WorkflowPlan, notes: PlanNotes, prefix: string): JsonObject {
  const name = (node: number) => workflow.nodes[node]?.name ?? "";
  const needs = stepNeeds(workflow);
  const steps: { [name: string]: Json } = {};
  for (const number of workflow.steps) {
    const node = workflow.nodes[number];
    if (node === undefined) continue;
    const { action, reason, predictedMs } = noteOf(notes, prefix + node.name);
    const nested = plan.workflows[node.step?.workflow ?? -1];
    steps[node.name] = {
      group: node.depth + 1,
      needs: (needs[number] ?? []).map(name),
      action,
      reason,
      ...(predictedMs === undefined ? {} : { predicted_ms: predictedMs }),
      ...(nested === undefined ? {} : { workflow: workflowJson(plan, nested, notes, `${prefix}${node.name}/`) }),
    };
  }
  return { strategy: workflow.strategy, groups: workflow.stages.map((stage) => stage.map(name)), steps };
}
