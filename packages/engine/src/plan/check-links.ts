import { canonicalJson } from "./canonical-json.js";
import { portName } from "./check-types.js";
import { fault, type Scope, warn } from "./compilation.js";
import type { Draft, LinkDraft, NodeDraft, PortDraft } from "./draft.js";
import { errorPort } from "./references.js";

/** Links that are there twice, and error ports that can never carry anything. */
export function checkLinks(scope: Scope, draft: Draft): void {
  const seen = new Map<string, LinkDraft>();
  for (const link of draft.links) {
    const { kind, from, to, condition, transform } = link;
    const { class: runs, config } = transform ?? {};
    const made = transform === undefined ? "" : canonicalJson([runs, config, transform.module]);
    const key = JSON.stringify([kind, from.node, from.port, to.node, to.port, condition, made]);
    const other = seen.get(key);
    if (other !== undefined) reportDouble(scope, draft, link, other);
    else seen.set(key, link);
    if (from.port === errorPort) checkErrorPort(scope, draft, link);
  }
}

function reportDouble(scope: Scope, draft: Draft, link: LinkDraft, other: LinkDraft): void {
  const way = `${portName(draft, link.from)} to ${portName(draft, link.to)}`;
  const hint = "remove one of them";
  fault(scope, "E_DUP_LINK", link.path, `Link ${link.name} does what ${other.name} does: ${way}`, {
    hint,
    part: "key",
  });
}

/** Failures leave by the error port only where the run goes on after them. */
function checkErrorPort(scope: Scope, draft: Draft, link: LinkDraft): void {
  const entry = draft.nodes[link.from.node]?.step?.entry;
  if (entry === undefined || draft.nodes[link.from.node]?.outs.has(errorPort)) return;
  const handling = entry.errorHandling ?? scope.document.errorHandling;
  if (handling === "continue" || (entry.forEach?.maxFailures ?? 0) > 0) return;
  const message = `Nothing ever leaves ${entry.name}.error: its error handling is ${handling}`;
  warn(scope, "W_CONFLICT", link.sourcePath, message, { hint: "set error_handling: continue on the step" });
}

/** What the ports of each node say about their links. */
export function checkMerges(scope: Scope, draft: Draft, certain: readonly boolean[]): void {
  for (const node of draft.nodes) {
    for (const port of node.ports.values()) {
      const at = port.path ?? node.path;
      if (port.constant && port.links.length > 0) reportConstant(scope, draft, node, port);
      if (port.merge === "each" && scope.document.strategy !== "event_driven") {
        const hint = "use first or list, or execution_strategy: event_driven";
        fault(scope, "E_CONFLICT", at, `merge: each of ${nodePort(node, port)} belongs to event_driven workflows`, {
          hint,
        });
      }
      if (port.merge === "collect" && node.kind === "step")
        fault(scope, "E_CONFLICT", at, `merge: collect is for data units, ${nodePort(node, port)} is a port`, {
          hint: "use list",
        });
      if (port.merge === "single") checkSingle(scope, draft, node, port, certain);
    }
  }
}

const nodePort = (node: NodeDraft, port: PortDraft): string =>
  node.kind === "step" ? `${node.name}.${port.name}` : node.name;

function reportConstant(scope: Scope, draft: Draft, node: NodeDraft, port: PortDraft): void {
  const link = draft.links[port.links[0] ?? -1];
  const message = `Cannot link to ${nodePort(node, port)}: inputs says a constant for it`;
  fault(scope, "E_CONFLICT", link?.targetPath ?? node.path, message, { hint: "say default: there, or remove one" });
}

function sourceName(draft: Draft, { from }: LinkDraft): string {
  const node = draft.nodes[from.node];
  return node?.kind === "step" ? `${node.name}.${from.port}` : (node?.name ?? "");
}

/** Two links that both always bring a value are a failure at run time, so they are one here. */
function checkSingle(scope: Scope, draft: Draft, node: NodeDraft, port: PortDraft, certain: readonly boolean[]): void {
  if (port.links.length < 2) return;
  const sure = port.links.filter((link) => certain[link] === true);
  const second = draft.links[sure[1] ?? -1];
  const first = draft.links[sure[0] ?? -1];
  if (first === undefined || second === undefined) return;
  const [one, other] = [sourceName(draft, first), sourceName(draft, second)];
  const between = one === other ? `over ${first.name} and over ${second.name}` : `from ${one} and from ${other}`;
  const message = `${nodePort(node, port)} gets two values: ${between}`;
  const hint = "set merge: first or merge: list on it, or make one link conditional";
  fault(scope, "E_CONFLICT", second.targetPath, message, { hint });
}
