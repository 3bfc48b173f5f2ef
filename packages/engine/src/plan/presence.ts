import type { Scope } from "./compilation.js";
import type { Draft, LinkDraft, NodeDraft, PortDraft } from "./draft.js";
import type { Order } from "./order.js";
import { errorPort } from "./references.js";

export type Presence = {
  /** By link: it brings a value in every run that completes. */
  readonly certain: readonly boolean[];
  /** By node: a unit that nothing ever sets. */
  readonly never: readonly boolean[];
};

/** Follows values through the graph: which links always carry one, and which units never get one. */
export function presenceOf(scope: Scope, draft: Draft, order: Order): Presence {
  const certain = draft.links.map(() => false);
  const never = draft.nodes.map(() => false);
  for (const index of order.sequence) {
    const node = draft.nodes[index];
    if (node === undefined) continue;
    never[index] = node.kind !== "step" && neverSet(draft, node, never);
    const sure = settlesWithValues(scope, node, certain);
    for (const link of node.outLinks) {
      const draftLink = draft.links[link];
      if (draftLink !== undefined) certain[link] = sure && carries(node, draftLink);
    }
  }
  return { certain, never };
}

function carries(node: NodeDraft, link: LinkDraft): boolean {
  if (link.kind === "conditional" || link.kind === "queue" || link.from.port === errorPort) return false;
  return node.kind !== "step" || node.outs.get(link.from.port)?.optional === false;
}

function settlesWithValues(scope: Scope, node: NodeDraft, certain: readonly boolean[]): boolean {
  const ports = [...node.ports.values()];
  if (node.kind !== "step")
    return ports.every((port) => (node.setBy === "outside" && !port.optional) || present(port, certain));
  const handling = node.step?.entry.errorHandling ?? scope.document.errorHandling;
  return handling !== "continue" && !node.triggered && ports.every((port) => port.optional || present(port, certain));
}

const present = (port: PortDraft, certain: readonly boolean[]): boolean =>
  port.default !== undefined || port.links.some((link) => certain[link] === true);

function neverSet(draft: Draft, node: NodeDraft, never: readonly boolean[]): boolean {
  if (node.setBy !== "links") return false;
  return [...node.ports.values()].every(
    (port) =>
      port.default === undefined && port.links.every((link) => never[draft.links[link]?.from.node ?? -1] === true),
  );
}
