import type { RunTree } from "./state.js";

/** Where an activation stands in its run tree, such as `outer[3]/inner`; an item adds its index. */
export function stepPath(tree: RunTree, runIndex: number, node: number, c?: number): string {
  const run = tree.runs[runIndex];
  const plan = run?.workflow.nodes[node];
  const above = run?.parent ? `${stepPath(tree, run.parent.run, run.parent.node, run.parent.c)}/` : "";
  const item = c !== undefined && plan?.step?.forEach !== undefined ? `[${c}]` : "";
  return `${above}${plan?.name ?? node}${item}`;
}
