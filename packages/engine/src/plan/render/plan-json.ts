import type { Json, JsonObject } from "../../contracts/json.js";
import type { Plan, PlanNode, PlanQueue, PlanTrigger, WorkflowPlan } from "../plan.js";
import { noteOf, type PlanNotes } from "./plan-notes.js";
import { describeTrigger, endName, queueTargets } from "./plan-reactions.js";
import { firedBy } from "./step-marks.js";
import { stepNeeds } from "./step-needs.js";

/**
 * A plan as `plan --format json` prints it. Groups count from 1: group 1 is `groups[0]`. A step that is a nested workflow
 * holds that workflow's strategy, groups and steps under `workflow`. Cycles count from 1. Queues and triggers are there where
 * the workflow has some.
 */
export function planJson(plan: Plan, notes: PlanNotes = new Map()): JsonObject {
  const [root] = plan.workflows;
  if (root === undefined) return { plan_hash: plan.hash, strategy: "graph", groups: [], steps: {} };
  return { plan_hash: plan.hash, ...workflowJson(plan, root, notes, "") };
}

function workflowJson(plan: Plan, workflow: WorkflowPlan, notes: PlanNotes, prefix: string): JsonObject {
  const name = (node: number) => workflow.nodes[node]?.name ?? "";
  const needs = stepNeeds(workflow);
  const fired = firedBy(workflow);
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
      ...reactionsOf(node, fired.get(number)),
      ...(nested === undefined ? {} : { workflow: workflowJson(plan, nested, notes, `${prefix}${node.name}/`) }),
    };
  }
  return {
    strategy: workflow.strategy,
    groups: workflow.stages.map((stage) => stage.map(name)),
    steps,
    ...named(
      "queues",
      workflow.queues.map((queue) => [queue.name, queueJson(workflow, queue)]),
    ),
    ...named(
      "triggers",
      workflow.triggers.map((trigger) => [trigger.name, triggerJson(workflow, trigger)]),
    ),
  };
}

/** Left out where there are none. */
function named(key: string, entries: readonly (readonly [string, JsonObject])[]): JsonObject {
  return entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) };
}

/** How a step runs other than once. */
function reactionsOf({ step, knot }: PlanNode, fired: readonly string[] | undefined): JsonObject {
  const { repeat, waits } = step ?? {};
  const until = repeat?.until === undefined ? {} : { until: repeat.until };
  return {
    ...(fired === undefined ? {} : { fired_by: fired }),
    ...(repeat === undefined ? {} : { repeat: { ...until, max: repeat.max } }),
    ...(waits === undefined ? {} : { waits_for: waits }),
    ...(knot < 0 ? {} : { cycle: knot + 1 }),
  };
}

function queueJson(workflow: WorkflowPlan, queue: PlanQueue): JsonObject {
  return {
    from: endName(workflow, queue.from),
    to: queueTargets(workflow, queue),
    each: queue.each,
    capacity: queue.capacity,
    balance: queue.balance,
    max_deliveries: queue.maxDeliveries,
    ...(queue.key === undefined ? {} : { key: queue.key }),
  };
}

function triggerJson(workflow: WorkflowPlan, trigger: PlanTrigger): JsonObject {
  const { what, ends } = describeTrigger(workflow, trigger);
  return { kind: trigger.kind, when: what, fires: ends };
}
