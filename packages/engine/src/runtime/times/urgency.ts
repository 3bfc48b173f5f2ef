import type { Plan, PlanNode, WorkflowPlan } from "../../plan/plan.js";
import { remainingTime } from "../../plan/remaining-time.js";
import { type KnownTimes, rounded } from "./known-times.js";
import { timeNames } from "./observed-times.js";

/** By workflow of the plan and node: the more, the earlier it goes. */
export type Urgency = readonly (readonly number[])[];

/**
 * The expected time on the longest path from each node to the end of its workflow. What is known of a step itself comes first, then
 * what is known of its class; a step of which nothing is known takes as long as those that are known do on average. Undefined:
 * nothing is known of any.
 */
export function urgencyOf(plan: Plan, known: KnownTimes): Urgency | undefined {
  const times = plan.workflows.map((workflow) => workflow.nodes.map((node) => timeOf(plan, workflow, node, known)));
  const heard = times.flat().filter((ms) => ms !== undefined);
  if (heard.length === 0) return undefined;
  const mean = heard.reduce((sum, ms) => sum + ms, 0) / heard.length;
  const found: (readonly number[])[] = [];
  const remainingOf = (at: number): readonly number[] => {
    const workflow = plan.workflows[at];
    if (found[at] !== undefined || workflow === undefined) return found[at] ?? [];
    const remaining = remainingTime(workflow, (node) => {
      const inner = workflow.nodes[node]?.step?.workflow;
      return inner === undefined ? (times[at]?.[node] ?? mean) : longest(remainingOf(inner));
    });
    found[at] = Array.from(remaining, rounded);
    return found[at];
  };
  return plan.workflows.map((_, at) => remainingOf(at));
}

const longest = (remaining: readonly number[]): number => remaining.reduce((most, ms) => Math.max(most, ms), 0);

function timeOf(plan: Plan, workflow: WorkflowPlan, node: PlanNode, known: KnownTimes): number | undefined {
  if (node.step?.component === undefined) return undefined;
  const { own, ofClass } = timeNames(plan, workflow, node);
  return known.get(own) ?? known.get(ofClass);
}
