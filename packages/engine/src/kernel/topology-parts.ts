import type { PlanNode, PlanPort, WorkflowPlan } from "../plan/plan.js";

/** Slots, links, lanes and orders of a workflow's `Topology`. */

export type PlacedSlots = {
  /** Slots that must each have a token before the node is ready. */
  readonly need: Int32Array;
  /** By link: the slot it fills, which is the first link of its port under `merge: each`. -1: it collects. */
  readonly slotOf: Int32Array;
  /** By slot. 1: it keeps its last token (held ports, all ports of triggered steps). */
  readonly keeps: Uint8Array;
  /** Slots that give up a token to each activation: `slots[slotStart[node] .. slotStart[node + 1])`. */
  readonly slotStart: Int32Array;
  readonly slots: Int32Array;
};

/** A node that collects has one slot of no link, which is filled when nothing else will come. */
export function placeSlots({ nodes, links }: WorkflowPlan, isCollecting: (node: PlanNode) => boolean): PlacedSlots {
  const slotOf = new Int32Array(links.length).fill(-1);
  const keeps = new Uint8Array(links.length);
  const need = new Int32Array(nodes.length);
  const slotStart = new Int32Array(nodes.length + 1);
  const slots = new Int32Array(links.length);
  let count = 0;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as PlanNode;
    const triggered = node.step?.triggered === true;
    if (isCollecting(node)) need[index] = 1;
    else
      for (const port of node.ports)
        for (const link of port.links) {
          const slot = slotFor(port, link, triggered);
          slotOf[link] = slot;
          if (slot !== link) continue;
          if (!triggered) need[index] = (need[index] ?? 0) + 1;
          if (triggered || port.hold) keeps[link] = 1;
          else slots[count++] = link;
        }
    slotStart[index + 1] = count;
  }
  return { need, slotOf, keeps, slotStart, slots: slots.subarray(0, count) };
}

function slotFor(port: PlanPort, link: number, triggered: boolean): number {
  return port.merge === "each" && !triggered ? (port.links[0] ?? link) : link;
}

/** What a link is, beside a way for values: bits of `linkTraits`. */
export const QUEUED = 1;
/** No absence travels over it: it returns to an `each` port of its cycle, or leaves its cycle. */
export const SILENT = 2;

export type LinkEnds = {
  /** Outgoing links of a node in document order: `outLinks[outStart[node] .. outStart[node + 1])`. */
  readonly outStart: Int32Array;
  readonly outLinks: Int32Array;
  /** By link. */
  readonly target: Int32Array;
  readonly fromPort: readonly string[];
  readonly linkTraits: Uint8Array;
};

export function linkEnds({ nodes, links }: WorkflowPlan): LinkEnds {
  const outStart = new Int32Array(nodes.length + 1);
  const target = new Int32Array(links.length);
  const linkTraits = new Uint8Array(links.length);
  const fromPort: string[] = [];
  for (const { from, to, queue, back, exit } of links) {
    const link = fromPort.length;
    fromPort.push(from.port);
    target[link] = to.node;
    linkTraits[link] = (queue === undefined ? 0 : QUEUED) + (back || exit ? SILENT : 0);
  }
  let count = 0;
  for (let node = 0; node < nodes.length; node++) {
    count += nodes[node]?.outLinks.length ?? 0;
    outStart[node + 1] = count;
  }
  const outLinks = new Int32Array(count);
  for (let node = 0; node < nodes.length; node++) outLinks.set(nodes[node]?.outLinks ?? [], outStart[node]);
  return { outStart, outLinks, target, fromPort, linkTraits };
}

export type Lanes = {
  /** Steps of one lane (same executor, same demand) share a number: if one is not admitted, none is. -1 for units. */
  readonly lane: Int32Array;
  readonly laneCount: number;
};

type Order = Lanes & { readonly byRank: Int32Array; readonly rank: Int32Array; readonly priority: Int32Array };

/** Under graph the longest remaining path goes first; else topological order. Ties by topological rank. */
export function orderNodes({ nodes, strategy }: WorkflowPlan): Order {
  const byRank = sorted(nodes, Int32Array.from(nodes.keys()), (node) => node.rank);
  const isGraph = strategy === "graph";
  const first = isGraph ? sorted(nodes, byRank, (node) => -node.tail) : byRank;
  return { byRank, rank: placesIn(byRank), priority: isGraph ? placesIn(first) : placesIn(byRank), ...lanesOf(nodes) };
}

/** Places of the nodes when the most urgent go first; equally urgent ones keep their order. */
export function urgentFirst(byRank: Int32Array, urgency: readonly number[]): Int32Array {
  const order = Array.from(byRank).sort((a, b) => (urgency[b] ?? 0) - (urgency[a] ?? 0));
  return placesIn(Int32Array.from(order));
}

/** Numbers of nodes by a key of small numbers, in the order given where keys are equal. */
function sorted(nodes: readonly PlanNode[], order: Int32Array, key: (node: PlanNode) => number): Int32Array {
  const keys = Int32Array.from(order, (node) => key(nodes[node] as PlanNode));
  let least = 0;
  let most = 0;
  for (const value of keys) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const start = new Int32Array(most - least + 2);
  for (const value of keys) start[value - least + 1] = (start[value - least + 1] ?? 0) + 1;
  for (let at = 1; at < start.length; at++) start[at] = (start[at] ?? 0) + (start[at - 1] ?? 0);
  const result = new Int32Array(order.length);
  for (let at = 0; at < order.length; at++) {
    const bucket = (keys[at] ?? 0) - least;
    const place = start[bucket] ?? 0;
    start[bucket] = place + 1;
    result[place] = order[at] ?? 0;
  }
  return result;
}

function placesIn(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place] ?? 0] = place;
  return places;
}

function lanesOf(nodes: readonly PlanNode[]): Lanes {
  const known = new Map<string, Map<number, number>>();
  const lane = new Int32Array(nodes.length);
  let laneCount = 0;
  for (let index = 0; index < nodes.length; index++) {
    const step = nodes[index]?.step;
    if (step === undefined) {
      lane[index] = -1;
      continue;
    }
    // Child runs need nothing of any executor.
    const [executor, demand] = step.workflow === undefined ? [step.executor, step.demand] : ["", -1];
    const demands = known.get(executor) ?? new Map<number, number>();
    known.set(executor, demands);
    const found = demands.get(demand) ?? laneCount++;
    demands.set(demand, found);
    lane[index] = found;
  }
  return { lane, laneCount };
}
