import type { PlanNode, PlanPort, WorkflowPlan } from "../plan/plan.js";

/**
 * What the kernel needs of a workflow's shape, as flat integer arrays made once per plan and shared by all its runs.
 * Node and link numbers are those of the WorkflowPlan.
 */
export type Topology = {
  readonly workflow: WorkflowPlan;
  /** Links that must each bring a token before the node is ready. */
  readonly need: Int32Array;
  /** `dependsOn` nodes that must settle first. */
  readonly depends: Int32Array;
  /** Nodes that depend on a node: `dependentsOf[dependentsStart[i] .. dependentsStart[i + 1])`. */
  readonly dependentsStart: Int32Array;
  readonly dependentsOf: Int32Array;
  /** Lower goes first, by the workflow's strategy. */
  readonly priority: Int32Array;
  /** Steps of one lane (same executor, same demand) share a number: if one is not admitted, none is. -1 for units. */
  readonly lane: Int32Array;
  readonly laneCount: number;
  /** 1: values on all links do not yet mean that the node can start, as a port has no feed, or two that exclude each other. */
  readonly doubtful: Uint8Array;
  /** Steps in each stage. */
  readonly stageSize: Int32Array;
};

export function topologyOf(workflow: WorkflowPlan): Topology {
  const nodes = workflow.nodes;
  const { lane, laneCount } = lanes(nodes);
  const { start, of } = dependents(nodes);
  return {
    workflow,
    need: Int32Array.from(nodes, (node) => node.ports.reduce((sum, port) => sum + port.links.length, 0)),
    depends: Int32Array.from(nodes, (node) => node.dependsOn.length),
    dependentsStart: start,
    dependentsOf: of,
    priority: priorities(workflow),
    lane,
    laneCount,
    doubtful: Uint8Array.from(nodes, (node) => (node.ports.some(isDoubtful) ? 1 : 0)),
    stageSize: Int32Array.from(workflow.stages, (stage) => stage.length),
  };
}

function isDoubtful(port: PlanPort): boolean {
  return port.links.length === 0 ? port.default === undefined : port.merge === "single" && port.links.length > 1;
}

function dependents(nodes: readonly PlanNode[]): { start: Int32Array; of: Int32Array } {
  const start = new Int32Array(nodes.length + 1);
  for (const node of nodes) for (const before of node.dependsOn) start[before + 1] = (start[before + 1] ?? 0) + 1;
  for (let i = 0; i < nodes.length; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0);
  const fill = start.slice();
  const of = new Int32Array(start[nodes.length] ?? 0);
  nodes.forEach((node, index) => {
    for (const before of node.dependsOn) {
      const at = fill[before] ?? 0;
      of[at] = index;
      fill[before] = at + 1;
    }
  });
  return { start, of };
}

/** Under graph the longest remaining path goes first; else topological order. Ties by topological rank. */
function priorities(workflow: WorkflowPlan): Int32Array {
  const nodes = workflow.nodes;
  const order = nodes.map((_, index) => index);
  const byRank = (a: number, b: number) => (nodes[a]?.rank ?? 0) - (nodes[b]?.rank ?? 0);
  const byTail = (a: number, b: number) => (nodes[b]?.tail ?? 0) - (nodes[a]?.tail ?? 0) || byRank(a, b);
  order.sort(workflow.strategy === "graph" ? byTail : byRank);
  const priority = new Int32Array(nodes.length);
  order.forEach((node, position) => {
    priority[node] = position;
  });
  return priority;
}

function lanes(nodes: readonly PlanNode[]): { lane: Int32Array; laneCount: number } {
  const known = new Map<string, number>();
  const lane = Int32Array.from(nodes, (node) => {
    if (node.step === undefined) return -1;
    const key = node.step.workflow === undefined ? `${node.step.executor} ${node.step.demand}` : "workflow";
    const found = known.get(key) ?? known.size;
    known.set(key, found);
    return found;
  });
  return { lane, laneCount: known.size };
}
