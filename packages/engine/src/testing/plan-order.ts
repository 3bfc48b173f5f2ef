import { nanobrainError } from "../errors/nanobrain-error.js";

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
    if (next < 0) throw nanobrainError("E_INTERNAL", { what: "a cycle without an each port or a triggered step" });
    placed.add(next);
    order.push(next);
  }
  return order;
}

/** By node, the number of the cycle it is part of; -1: none. */
export function knotsOf(before: readonly (readonly number[])[]): readonly number[] {
  const left = withoutLeaves(before);
  const above = new Map(left.map((node) => [node, ancestors(before, node)]));
  const knots = before.map(() => -1);
  let count = 0;
  for (const node of left) {
    if (knots[node] !== -1 || above.get(node)?.has(node) !== true) continue;
    for (const other of left) if (above.get(node)?.has(other) && above.get(other)?.has(node)) knots[other] = count;
    count++;
  }
  return knots;
}

/** Nodes on a cycle or behind one: none in most plans. */
function withoutLeaves(before: readonly (readonly number[])[]): readonly number[] {
  const after = before.map((): number[] => []);
  before.forEach((others, node) => {
    for (const other of others) after[other]?.push(node);
  });
  const waiting = before.map((others) => others.length);
  const free = waiting.flatMap((count, node) => (count === 0 ? [node] : []));
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    for (const next of after[node] ?? []) {
      const count = (waiting[next] ?? 0) - 1;
      waiting[next] = count;
      if (count === 0) free.push(next);
    }
  }
  return waiting.flatMap((count, node) => (count > 0 ? [node] : []));
}

function ancestors(before: readonly (readonly number[])[], start: number): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const other of before[node] ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}
