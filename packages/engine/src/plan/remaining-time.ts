import type { WorkflowPlan } from "./plan.js";

/**
 * Time on the longest path from each node to an end, its own included; `timeOf` is asked for steps only. Nodes on or behind a cycle
 * have none. Its cost grows with the links.
 */
export function remainingTime(workflow: WorkflowPlan, timeOf: (node: number) => number): Float64Array {
  const { nodes, links } = workflow;
  const remaining = new Float64Array(nodes.length);
  for (const at of byRankBackwards(workflow)) {
    const node = nodes[at];
    if (node === undefined) continue;
    const whole = (remaining[at] ?? 0) + (node.kind === "step" ? timeOf(at) : 0);
    remaining[at] = whole;
    const raise = (before: number | undefined): void => {
      if (before !== undefined && (remaining[before] ?? 0) < whole) remaining[before] = whole;
    };
    for (const port of node.ports) for (const link of port.links) raise(links[link]?.from.node);
    for (const before of node.dependsOn) raise(before);
  }
  return remaining;
}

function byRankBackwards({ nodes }: WorkflowPlan): Int32Array {
  const rankOf = (at: number): number => nodes[at]?.rank ?? -1;
  const ranked = [...nodes.keys()].filter((at) => rankOf(at) >= 0);
  return Int32Array.from(ranked).sort((a, b) => rankOf(b) - rankOf(a));
}
