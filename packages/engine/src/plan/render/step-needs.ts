import type { WorkflowPlan } from "../plan.js";

/** For each node the steps that must settle before it, seen through data units; by number, in plan order. */
export function stepNeeds(workflow: WorkflowPlan): readonly (readonly number[])[] {
  const before = workflow.nodes.map((node) => {
    const sources = node.ports.flatMap((port) => port.links.map((link) => workflow.links[link]?.from.node ?? -1));
    return [...new Set([...sources, ...node.dependsOn])];
  });
  const writers = new Map<number, readonly number[]>();
  const byRank = workflow.nodes.map((_, i) => i).sort((a, b) => rank(workflow, a) - rank(workflow, b));
  const needs: (readonly number[])[] = workflow.nodes.map(() => []);
  for (const node of byRank) {
    const found = new Set<number>();
    for (const source of before[node] ?? []) {
      if (workflow.nodes[source]?.kind === "step") found.add(source);
      else for (const writer of writers.get(source) ?? []) found.add(writer);
    }
    needs[node] = [...found].sort((a, b) => a - b);
    if (workflow.nodes[node]?.kind !== "step") writers.set(node, needs[node] ?? []);
  }
  return needs;
}

const rank = (workflow: WorkflowPlan, node: number): number => workflow.nodes[node]?.rank ?? 0;
