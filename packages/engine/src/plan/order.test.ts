import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knots, shortestCycle } from "./cycles.js";
import { type Graph, makeGraph, successors } from "./graph.js";
import { orderNodes } from "./order.js";

/** Node kinds and edges; makeGraph reads no more of a draft than this. */
function graphOf(steps: readonly boolean[], edges: readonly (readonly [number, number])[]): Graph {
  const nodes = steps.map((step) => ({ kind: step ? "step" : "unit" }) as Parameters<typeof makeGraph>[0][number]);
  return makeGraph(nodes, edges);
}

const anyGraph = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    steps: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
    edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 30 }),
  }),
);

const forward = anyGraph.map(({ steps, edges }) => ({
  steps,
  edges: edges.filter(([a, b]) => a !== b).map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const))),
}));

/** Steps on the longest way from a node to an end, by trying all. */
function longest(graph: Graph, node: number): number {
  const rest = [...successors(graph, node)].map((next) => longest(graph, next));
  return Math.max(0, ...rest) + (graph.isStep[node] ? 1 : 0);
}

const reaches = (graph: Graph, from: number, to: number): boolean => {
  const seen = new Set<number>();
  const queue = [...successors(graph, from)];
  for (const node of queue)
    if (!seen.has(node)) {
      seen.add(node);
      queue.push(...successors(graph, node));
    }
  return seen.has(to);
};

describe("order", () => {
  it("sequence: whole, every edge forward, the smallest ready number first", () => {
    fc.assert(
      fc.property(forward, ({ steps, edges }) => {
        const graph = graphOf(steps, edges);
        const { sequence, rank } = orderNodes(graph);
        expect(sequence.length).toBe(steps.length);
        for (const [from, to] of edges) expect(rank[from]).toBeLessThan(rank[to] ?? -1);
        const done = new Set<number>();
        for (const node of sequence) {
          const ready = steps
            .map((_, i) => i)
            .filter((i) => !done.has(i) && edges.every(([a, b]) => b !== i || done.has(a)));
          expect(node).toBe(Math.min(...ready));
          done.add(node);
        }
      }),
    );
  });

  it("tail and depth: as found by trying all ways", () => {
    fc.assert(
      fc.property(forward, ({ steps, edges }) => {
        const graph = graphOf(steps, edges);
        const back = graphOf(
          steps,
          edges.map(([a, b]) => [b, a] as const),
        );
        const { tail, depth } = orderNodes(graph);
        steps.forEach((_, node) => {
          expect(tail[node]).toBe(longest(graph, node));
          expect(depth[node]).toBe(Math.max(0, longest(back, node) - 1));
        });
      }),
    );
  });

  it("knots: exactly the nodes that can reach themselves, by groups that reach each other", () => {
    fc.assert(
      fc.property(anyGraph, ({ steps, edges }) => {
        const graph = graphOf(steps, edges);
        const found = knots(graph);
        const tied = steps.map((_, i) => i).filter((i) => reaches(graph, i, i));
        expect(found.flat().sort((a, b) => a - b)).toEqual(tied);
        for (const knot of found)
          for (const a of knot) for (const b of knot) if (a !== b) expect(reaches(graph, a, b)).toBe(true);
        expect(orderNodes(graph).sequence.length === steps.length).toBe(found.length === 0);
      }),
    );
  });

  it("shortest cycle: begins and ends with the first node, each arrow an edge", () => {
    fc.assert(
      fc.property(anyGraph, ({ steps, edges }) => {
        const graph = graphOf(steps, edges);
        for (const knot of knots(graph)) {
          const cycle = shortestCycle(graph, knot);
          expect([cycle[0], cycle.at(-1)]).toEqual([knot[0], knot[0]]);
          for (const [i, to] of cycle.slice(1).entries()) expect([...successors(graph, cycle[i] ?? -1)]).toContain(to);
          expect(new Set(cycle).size).toBe(cycle.length - 1);
        }
      }),
    );
  });

  it("100,000 nodes in a row, open and closed: no recursion", () => {
    const size = 100_000;
    const steps = Array.from({ length: size }, () => true);
    const row = Array.from({ length: size - 1 }, (_, i) => [i, i + 1] as const);
    const { rank, tail, depth } = orderNodes(graphOf(steps, row));
    expect([tail[0], depth[size - 1], rank[size - 1]]).toEqual([size, size - 1, size - 1]);
    const ring = graphOf(steps, [...row, [size - 1, 0]]);
    expect(knots(ring).map((knot) => knot.length)).toEqual([size]);
    expect(shortestCycle(ring, knots(ring)[0] ?? []).length).toBe(size + 1);
  });
});
