import { type Graph, successors } from "./graph.js";

/** Groups of nodes that all lead to each other (and single nodes that lead to themselves), in order of their first node. */
export function knots(graph: Graph): readonly (readonly number[])[] {
  const walk: Walk = {
    graph,
    number: new Int32Array(graph.size).fill(-1),
    low: new Int32Array(graph.size),
    open: new Uint8Array(graph.size),
    stack: [],
    found: [],
    count: 0,
  };
  for (let node = 0; node < graph.size; node++) if (walk.number[node] === -1) explore(walk, node);
  return walk.found.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

type Walk = {
  readonly graph: Graph;
  readonly number: Int32Array;
  readonly low: Int32Array;
  readonly open: Uint8Array;
  readonly stack: number[];
  readonly found: number[][];
  count: number;
};

/** Tarjan's walk with a stack of its own: plans may be deeper than the call stack. */
function explore(walk: Walk, root: number): void {
  const path: { node: number; next: number }[] = [];
  const enter = (node: number) => {
    walk.number[node] = walk.count;
    walk.low[node] = walk.count++;
    walk.open[node] = 1;
    walk.stack.push(node);
    path.push({ node, next: 0 });
  };
  enter(root);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { node } = top;
    const next = successors(walk.graph, node)[top.next++];
    if (next !== undefined) {
      if (walk.number[next] === -1) enter(next);
      else if (walk.open[next] === 1) lower(walk, node, walk.number[next] ?? 0);
      continue;
    }
    path.pop();
    const above = path.at(-1);
    if (above !== undefined) lower(walk, above.node, walk.low[node] ?? 0);
    if (walk.low[node] === walk.number[node]) close(walk, node);
  }
}

function lower(walk: Walk, node: number, to: number): void {
  walk.low[node] = Math.min(walk.low[node] ?? 0, to);
}

function close(walk: Walk, node: number): void {
  const knot: number[] = [];
  for (let last = walk.stack.pop(); last !== undefined; last = walk.stack.pop()) {
    walk.open[last] = 0;
    knot.push(last);
    if (last === node) break;
  }
  if (knot.length > 1 || successors(walk.graph, node).includes(node)) walk.found.push(knot.sort((a, b) => a - b));
}

/** The shortest way from the knot's first node back to itself, that node at both ends. */
export function shortestCycle(graph: Graph, knot: readonly number[]): readonly number[] {
  const [first = 0] = knot;
  const inside = new Set(knot);
  const cameFrom = new Map<number, number>();
  const queue = [first];
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] ?? first;
    for (const next of successors(graph, node)) {
      if (next === first) return backwards(cameFrom, first, node);
      if (!inside.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [first, first];
}

function backwards(cameFrom: ReadonlyMap<number, number>, first: number, last: number): readonly number[] {
  const way = [first];
  for (let node = last; node !== first; node = cameFrom.get(node) ?? first) way.push(node);
  return [...way, first].reverse();
}
