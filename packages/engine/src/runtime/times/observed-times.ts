import type { RunEvent } from "../../kernel/event.js";
import type { RunTree } from "../../kernel/state.js";
import type { Plan, PlanNode, PlanStep, WorkflowPlan } from "../../plan/plan.js";
import type { KnownTimes } from "./known-times.js";

type Sum = { readonly node: PlanNode; readonly workflow: WorkflowPlan; ms: number; times: number };

/** The names under which a step's time is known: its own, and that of its class, for steps that never ran. */
export function timeNames(
  plan: Plan,
  workflow: WorkflowPlan,
  node: PlanNode,
): { readonly own: string; readonly ofClass: string } {
  const name = node.step?.component?.class ?? "";
  return { own: `${plan.name}/${workflow.name}/${node.name} ${name}`, ofClass: name };
}

/** How long the steps of a run took, by what its attempts measured. Times of cached results are nobody's. */
export class ObservedTimes {
  readonly #tree: RunTree;
  readonly #sums = new Map<string, Sum>();

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  see(event: RunEvent): void {
    if (event.type !== "attempt.succeeded" || event.usage === undefined) return;
    const workflow = this.#tree.runs[event.run]?.workflow;
    const node = workflow?.nodes[event.node];
    if (workflow === undefined || node === undefined) return;
    const key = `${workflow.name}/${event.node}`;
    const sum = this.#sums.get(key) ?? { node, workflow, ms: 0, times: 0 };
    this.#sums.set(key, sum);
    sum.ms += event.usage.durationMs / width(node.step);
    if (event.c === 0) sum.times++;
  }

  /** Of each step, and of each class the mean over its steps. */
  times(): KnownTimes {
    const found = new Map<string, number>();
    const classes = new Map<string, number[]>();
    for (const { node, workflow, ms, times } of this.#sums.values()) {
      const { own, ofClass } = timeNames(this.#tree.plan, workflow, node);
      const mean = ms / Math.max(1, times);
      found.set(own, mean);
      classes.set(ofClass, [...(classes.get(ofClass) ?? []), mean]);
    }
    for (const [name, means] of classes) found.set(name, means.reduce((sum, ms) => sum + ms, 0) / means.length);
    return found;
  }
}

/** Items of a map that run at once share its time. */
function width(step: PlanStep | undefined): number {
  return step?.forEach?.concurrency ?? 1;
}
