import type { LinkDraft, NodeDraft } from "./draft.js";

/** Who comes before whom, as flat arrays: `after[start[i] .. start[i + 1])` are the nodes that wait for node i. */
export type Graph = {
  readonly size: number;
  readonly start: Int32Array;
  readonly after: Int32Array;
  readonly isStep: readonly boolean[];
};

export type Edge = readonly [from: number, to: number];

/** Links and `depends_on`. */
export function edgesOf(nodes: readonly NodeDraft[], links: readonly LinkDraft[]): Edge[] {
  const edges: Edge[] = links.map((link) => [link.from.node, link.to.node]);
  for (const node of nodes) for (const before of node.dependsOn) edges.push([before, node.index]);
  return edges;
}

export function makeGraph(nodes: readonly NodeDraft[], edges: readonly Edge[]): Graph {
  const start = new Int32Array(nodes.length + 1);
  for (const [from] of edges) start[from + 1] = (start[from + 1] ?? 0) + 1;
  for (let i = 0; i < nodes.length; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0);
  const fill = start.slice();
  const after = new Int32Array(edges.length);
  for (const [from, to] of edges) {
    const at = fill[from] ?? 0;
    after[at] = to;
    fill[from] = at + 1;
  }
  return { size: nodes.length, start, after, isStep: nodes.map((node) => node.kind === "step") };
}

/** The nodes that wait for a node; twice, if two links lead there. */
export function successors(graph: Graph, node: number): Int32Array {
  return graph.after.subarray(graph.start[node] ?? 0, graph.start[node + 1] ?? 0);
}
