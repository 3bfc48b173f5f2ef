import { fault, type Scope, warn } from "./compilation.js";
import type { Draft, NodeDraft, PortDraft } from "./draft.js";
import type { Presence } from "./presence.js";

/** Required ports that nothing can ever feed, and units and outputs that nothing sets. */
export function checkFeeds(scope: Scope, draft: Draft, presence: Presence): void {
  if (draft.incomplete) return;
  for (const node of draft.nodes) {
    if (node.kind === "step") checkStep(scope, draft, node, presence);
    else if (presence.never[node.index] === true) reportUnset(scope, node);
  }
}

function checkStep(scope: Scope, draft: Draft, node: NodeDraft, presence: Presence): void {
  if (!node.known || node.triggered) return;
  const fromNever = (link: number) => presence.never[draft.links[link]?.from.node ?? -1] === true;
  for (const port of node.ports.values()) {
    if (port.optional || port.default !== undefined) continue;
    if (port.links.length === 0) reportUnfed(scope, node, port);
    else if (port.links.every(fromNever)) reportFedByNothing(scope, draft, node, port);
  }
}

function reportUnfed(scope: Scope, node: NodeDraft, port: PortDraft): void {
  const message = `Step ${node.name} requires input "${port.name}", and nothing feeds it`;
  const hint = `link to ${node.name}.${port.name}, or say it under inputs`;
  fault(scope, "E_PORT", port.path ?? node.path, message, { hint, part: "key" });
}

function reportFedByNothing(scope: Scope, draft: Draft, node: NodeDraft, port: PortDraft): void {
  const link = draft.links[port.links[0] ?? -1];
  const source = draft.nodes[link?.from.node ?? -1];
  const message = `Step ${node.name} requires input "${port.name}", and nothing ever sets ${source?.name}`;
  fault(scope, "E_PORT", link?.sourcePath ?? node.path, message, { hint: `give ${source?.name} a default or a link` });
}

function reportUnset(scope: Scope, node: NodeDraft): void {
  const what = node.kind === "output" ? "Output" : "Data unit";
  const hint = `link to ${node.name}`;
  warn(scope, "W_CONFLICT", node.path, `${what} ${node.name} stays empty: nothing feeds it`, { hint, part: "key" });
}
