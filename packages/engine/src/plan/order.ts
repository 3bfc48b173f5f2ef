import { type Graph, successors } from "./graph.js";
import { type Heap, pop, push } from "./heap.js";

export type Order = {
  /** Nodes in topological order, ties by number. Nodes on or behind a cycle are left out. */
  readonly sequence: readonly number[];
  /** Position in the sequence, or -1. */
  readonly rank: Int32Array;
  /** Stage of a step; for a unit that of its deepest writer. */
  readonly depth: Int32Array;
  /** Steps on the longest path from here to an end, this one included. */
  readonly tail: Int32Array;
};

/** Orders the nodes of a graph in time that grows with its links, without recursion. */
export function orderNodes(graph: Graph): Order {
  const waiting = new Int32Array(graph.size);
  for (const to of graph.after) waiting[to] = (waiting[to] ?? 0) + 1;
  const ready: Heap = [];
  for (let node = 0; node < graph.size; node++) if (waiting[node] === 0) push(ready, node);
  const sequence: number[] = [];
  const rank = new Int32Array(graph.size).fill(-1);
  /** Steps on the longest path that ends here. */
  const steps = new Int32Array(graph.size);
  for (let node = pop(ready); node !== undefined; node = pop(ready)) {
    rank[node] = sequence.push(node) - 1;
    const here = (steps[node] ?? 0) + (graph.isStep[node] ? 1 : 0);
    steps[node] = here;
    for (const next of successors(graph, node)) {
      steps[next] = Math.max(steps[next] ?? 0, here);
      waiting[next] = (waiting[next] ?? 0) - 1;
      if (waiting[next] === 0) push(ready, next);
    }
  }
  return { sequence, rank, depth: steps.map((count) => Math.max(0, count - 1)), tail: tails(graph, sequence) };
}

function tails(graph: Graph, sequence: readonly number[]): Int32Array {
  const tail = new Int32Array(graph.size);
  for (let i = sequence.length - 1; i >= 0; i--) {
    const node = sequence[i] ?? 0;
    let longest = 0;
    for (const next of successors(graph, node)) longest = Math.max(longest, tail[next] ?? 0);
    tail[node] = longest + (graph.isStep[node] ? 1 : 0);
  }
  return tail;
}
