/** Nodes as numbers, each with the nodes before it (links and `depends_on`). */
export type OrderGraph = { readonly before: readonly (readonly number[])[]; readonly isStep: readonly boolean[] };

export type NodeOrder = {
  readonly depth: readonly number[];
  readonly rank: readonly number[];
  readonly tail: readonly number[];
};

/** Depth, topological rank (ties by number) and longest way to an end of every node, straight from their definitions. */
export function orderOf(graph: OrderGraph): NodeOrder {
  const order = topologicalOrder(graph.before);
  const rank = graph.before.map((_, node) => order.indexOf(node));
  const steps = graph.isStep.map((isStep) => (isStep ? 1 : 0));
  const depth = graph.before.map(() => 0);
  for (const node of order)
    depth[node] = Math.max(0, ...(graph.before[node] ?? []).map((other) => (depth[other] ?? 0) + (steps[other] ?? 0)));
  const tail: number[] = [...steps];
  for (const node of [...order].reverse())
    for (const other of graph.before[node] ?? [])
      tail[other] = Math.max(tail[other] ?? 0, (steps[other] ?? 0) + (tail[node] ?? 0));
  return { depth: depth.map((own, node) => (graph.isStep[node] ? own : Math.max(0, own - 1))), rank, tail };
}

function topologicalOrder(before: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const placed = new Set<number>();
  while (order.length < before.length) {
    const next = before.findIndex((others, node) => !placed.has(node) && others.every((other) => placed.has(other)));
    placed.add(next);
    order.push(next);
  }
  return order;
}
