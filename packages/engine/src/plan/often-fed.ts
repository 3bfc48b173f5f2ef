import type { Wiring } from "./check-cycles.js";
import type { Draft, LinkDraft, NodeDraft, PortDraft } from "./draft.js";

/** By node: its ports may send many tokens in one run, seen from outside its cycle. */
export type Often = readonly boolean[];

/** Follows what comes often: items of queues, firings of triggers, rounds of a cycle that is entered often. */
export function oftenFed(draft: Draft, order: Wiring): Often {
  const often = draft.nodes.map((node) => node.triggered);
  const knots = new Set<number>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const index of order.sequence) {
      const node = draft.nodes[index];
      if (node === undefined || often[index] === true) continue;
      const knot = order.knotOf[index] ?? -1;
      if (!knots.has(knot) && ![...node.ports.values()].some((port) => comesOften(draft, order, often, port))) continue;
      often[index] = true;
      if (knot !== -1) knots.add(knot);
      changed = true;
    }
  }
  return often;
}

function comesOften(draft: Draft, order: Wiring, often: Often, port: PortDraft): boolean {
  if (holds(draft, port)) return false;
  const links = port.links.flatMap((index) => draft.links[index] ?? []);
  const outer = links.filter((link) => !isWithin(order, link));
  return (
    (port.merge === "each" && outer.length > 1) ||
    outer.some((link) => link.kind === "queue" || often[link.from.node] === true)
  );
}

const isWithin = ({ knotOf }: Wiring, { from, to }: LinkDraft): boolean =>
  knotOf[from.node] !== -1 && knotOf[from.node] === knotOf[to.node];

/** The port keeps its last token, or what leads there is set once for the whole run. */
function holds(draft: Draft, port: PortDraft): boolean {
  const sources = port.links.map((link) => draft.nodes[draft.links[link]?.from.node ?? -1]);
  return port.hold || (sources.length > 0 && sources.every((source) => source?.unit?.role === "parameter"));
}

/** A port that gets one token in a run, beside one that gets many: the step would run once only. */
export function unevenPorts(
  draft: Draft,
  order: Wiring,
  often: Often,
  node: NodeDraft,
): { readonly once: PortDraft; readonly many: PortDraft } | undefined {
  const linked = [...node.ports.values()].filter((port) => port.links.length > 0 && !holds(draft, port));
  const isMany = (port: PortDraft) =>
    comesOften(draft, order, often, port) ||
    port.links.some((index) => {
      const link = draft.links[index];
      return link !== undefined && isWithin(order, link);
    });
  const many = linked.find(isMany);
  const once = linked.find((port) => !isMany(port));
  return many === undefined || once === undefined ? undefined : { once, many };
}
