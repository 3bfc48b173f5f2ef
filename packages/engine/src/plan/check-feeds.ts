import { fault, type Scope, warn } from "./compilation.js";
import type { Draft, NodeDraft, PortDraft } from "./draft.js";
import type { Presence } from "./presence.js";
import type { TriggerDraft } from "./trigger-wiring.js";

/** Required ports that nothing can ever feed, and units and outputs that nothing sets. */
export function checkFeeds(
  scope: Scope,
  draft: Draft,
  presence: Presence,
  triggers: readonly Pick<TriggerDraft, "targets">[],
): void {
  if (draft.incomplete) return;
  const fed = fedByTriggers(triggers);
  for (const node of draft.nodes) {
    if (node.kind === "step") checkStep(scope, draft, node, presence, fed);
    else if (presence.never[node.index] === true) reportUnset(scope, node);
  }
}

/** Ports that get what a firing brings, as `node.port`. */
function fedByTriggers(triggers: readonly Pick<TriggerDraft, "targets">[]): ReadonlySet<string> {
  const targets = triggers.flatMap((trigger) => trigger.targets);
  return new Set(targets.flatMap(({ node, feeds }) => feeds.map(({ port }) => `${node}.${port}`)));
}

function checkStep(scope: Scope, draft: Draft, node: NodeDraft, presence: Presence, fed: ReadonlySet<string>): void {
  if (!node.known) return;
  const fromNever = (link: number) => presence.never[draft.links[link]?.from.node ?? -1] === true;
  for (const port of node.ports.values()) {
    if (port.optional || port.default !== undefined || fed.has(`${node.index}.${port.name}`)) continue;
    if (port.links.length === 0) reportUnfed(scope, node, port);
    else if (port.links.every(fromNever)) reportFedByNothing(scope, draft, node, port);
  }
}

function reportUnfed(scope: Scope, node: NodeDraft, port: PortDraft): void {
  const message = `Step ${node.name} requires input "${port.name}", and nothing feeds it`;
  const fired = node.triggered ? `, or name it where the step is fired: step_targets: [${node.name}.${port.name}]` : "";
  const hint = `link to ${node.name}.${port.name}, or say it under inputs${fired}`;
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
