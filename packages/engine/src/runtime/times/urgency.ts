import { bestOrder } from "../../plan/best-order.js";
import type { Plan, PlanNode, WorkflowPlan } from "../../plan/plan.js";
import { remainingTime } from "../../plan/remaining-time.js";
import { lanesOf, type PoolSizes } from "./contention.js";
import { type KnownTimes, rounded } from "./known-times.js";
import { timeNames } from "./observed-times.js";

/** By workflow of the plan and node: the more, the earlier it goes. */
export type Urgency = readonly (readonly number[])[];

/** Larger workflows, and those on more lanes, are not planned through: it would cost more than it wins. */
const mostPlanned = { steps: 2000, lanes: 128 };

/**
 * The expected time on the longest path from each node to the end of its workflow. What is known of a step itself comes first, then
 * what is known of its class; a step of which nothing is known takes as long as those that are known do on average. Where each
 * step is known itself, the whole workflow is planned with these times instead. Undefined: nothing is known of any.
 */
export function urgencyOf(plan: Plan, known: KnownTimes, sizes: PoolSizes): Urgency | undefined {
  const times = plan.workflows.map((workflow) => workflow.nodes.map((node) => timeOf(plan, workflow, node, known)));
  const heard = times.flat().filter((ms) => ms !== undefined);
  if (heard.length === 0) return undefined;
  const mean = heard.reduce((sum, ms) => sum + ms, 0) / heard.length;
  const [root, ...nested] = plan.workflows;
  const lanes = root === undefined || nested.length > 0 ? undefined : plannedLanes(plan, root, known, sizes);
  if (root !== undefined && lanes !== undefined)
    return [
      Array.from(
        bestOrder(root, lanes, (node) => times[0]?.[node] ?? 0),
        rounded,
      ),
    ];
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

/** On how many lanes a workflow is planned; undefined: it is not. */
function plannedLanes(plan: Plan, root: WorkflowPlan, known: KnownTimes, sizes: PoolSizes): number | undefined {
  const isKnown = (at: number): boolean => {
    const node = root.nodes[at];
    return node !== undefined && known.has(timeNames(plan, root, node).own);
  };
  if (root.steps.length > mostPlanned.steps || !root.steps.every(isKnown)) return undefined;
  const lanes = lanesOf(plan, root, sizes);
  return lanes !== undefined && lanes >= 1 && lanes <= mostPlanned.lanes ? lanes : undefined;
}

const longest = (remaining: readonly number[]): number => remaining.reduce((most, ms) => Math.max(most, ms), 0);

function timeOf(plan: Plan, workflow: WorkflowPlan, node: PlanNode, known: KnownTimes): number | undefined {
  if (node.step?.component === undefined) return undefined;
  const { own, ofClass } = timeNames(plan, workflow, node);
  return known.get(own) ?? known.get(ofClass);
}
