import type { PlanNode, PlanPort, PlanStep, WorkflowPlan } from "../plan/plan.js";

/**
 * What the kernel needs of a workflow's shape, as flat integer arrays made once per plan and shared by all its runs.
 * Node and link numbers are those of the WorkflowPlan.
 */
export type Topology = {
  readonly workflow: WorkflowPlan;
  /** Slots that must each have a token before the node is ready. */
  readonly need: Int32Array;
  /** By link: the slot it fills, which is the first link of its port under `merge: each`. -1: it collects. */
  readonly slotOf: Int32Array;
  /** By slot. 1: it keeps its last token (held ports, all ports of triggered steps). */
  readonly keeps: Uint8Array;
  /** Slots that give up a token to each activation: `slots[slotStart[node] .. slotStart[node + 1])`. */
  readonly slotStart: Int32Array;
  readonly slots: Int32Array;
  /** 1: all values that come to it are collected until nothing else will come. */
  readonly collects: Uint8Array;
  readonly triggered: Uint8Array;
  /** 1: what its links carry is found out by an errand when its cells are done. */
  readonly gathers: Uint8Array;
  /** Activations at once. */
  readonly width: Int32Array;
  /** Activations ever. */
  readonly most: Float64Array;
  /** By unit: the queue whose dead letters it gives, or -1. */
  readonly letters: Int32Array;
  /** Nodes in topological order. */
  readonly byRank: Int32Array;
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
};

export function topologyOf(workflow: WorkflowPlan): Topology {
  const nodes = workflow.nodes;
  const { lane, laneCount } = lanes(nodes);
  const { start, of } = dependents(nodes);
  const flags = (is: (node: PlanNode) => boolean) => Uint8Array.from(nodes, (node) => (is(node) ? 1 : 0));
  return {
    workflow,
    ...slotsOf(workflow),
    collects: flags(isCollecting),
    triggered: flags((node) => node.step?.triggered === true),
    gathers: flags(({ step }) => step !== undefined && isGathering(step)),
    width: Int32Array.from(nodes, (node) => node.step?.concurrency ?? 1),
    most: Float64Array.from(nodes, (node) => node.step?.maxActivations ?? Number.POSITIVE_INFINITY),
    letters: Int32Array.from(nodes, (node) => node.unit?.letters ?? -1),
    byRank: Int32Array.from(nodes.keys()).sort((a, b) => (nodes[a]?.rank ?? 0) - (nodes[b]?.rank ?? 0)),
    depends: Int32Array.from(nodes, (node) => node.dependsOn.length),
    dependentsStart: start,
    dependentsOf: of,
    priority: priorities(workflow),
    lane,
    laneCount,
    doubtful: flags((node) => node.ports.some(isDoubtful)),
  };
}

function isCollecting(node: PlanNode): boolean {
  return node.step === undefined && node.ports.some((port) => port.merge === "collect");
}

function isGathering({ forEach, workflow, repeat, waits }: PlanStep): boolean {
  return forEach !== undefined || workflow !== undefined || repeat !== undefined || waits !== undefined;
}

function slotFor(port: PlanPort, link: number, triggered: boolean): number {
  return port.merge === "each" && !triggered ? (port.links[0] ?? link) : link;
}

type Slots = Pick<Topology, "need" | "slotOf" | "keeps" | "slotStart" | "slots">;

/** A node that collects has one slot of no link, which is filled when nothing else will come. */
function slotsOf({ nodes, links }: WorkflowPlan): Slots {
  const slotOf = new Int32Array(links.length).fill(-1);
  const keeps = new Uint8Array(links.length);
  const need = new Int32Array(nodes.length);
  const slotStart = new Int32Array(nodes.length + 1);
  const slots: number[] = [];
  nodes.forEach((node, index) => {
    const triggered = node.step?.triggered === true;
    if (isCollecting(node)) need[index] = 1;
    else
      for (const port of node.ports) {
        for (const link of port.links) slotOf[link] = slotFor(port, link, triggered);
        const own = port.links.filter((link) => slotOf[link] === link);
        if (!triggered) need[index] = (need[index] ?? 0) + own.length;
        if (triggered || port.hold) for (const link of own) keeps[link] = 1;
        else slots.push(...own);
      }
    slotStart[index + 1] = slots.length;
  });
  return { need, slotOf, keeps, slotStart, slots: Int32Array.from(slots) };
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

/** The same shape, with an order that a run was given when it began. */
export function withUrgency(topology: Topology, urgency: readonly number[] | undefined): Topology {
  return urgency === undefined ? topology : { ...topology, priority: priorities(topology.workflow, urgency) };
}

/** Under graph the most urgent goes first: with the longest remaining path; else topological order. Ties by topological rank. */
function priorities(workflow: WorkflowPlan, urgency?: readonly number[]): Int32Array {
  const nodes = workflow.nodes;
  const order = nodes.map((_, index) => index);
  const byRank = (a: number, b: number) => (nodes[a]?.rank ?? 0) - (nodes[b]?.rank ?? 0);
  const urgent = (at: number) => (urgency === undefined ? nodes[at]?.tail : urgency[at]) ?? 0;
  const byTail = (a: number, b: number) => urgent(b) - urgent(a) || byRank(a, b);
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
