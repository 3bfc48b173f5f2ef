import type { Json, JsonObject } from "../contracts/json.js";
import type { LinkEntry } from "../document/document.js";
import { portName } from "./check-types.js";
import { fault, type Scope, warn } from "./compilation.js";
import { deadLettersOf } from "./dead-letters.js";
import type { Draft, LinkDraft, NodeDraft, PortDraft } from "./draft.js";
import { nameHint } from "./hint.js";
import type { PlanLink, PlanQueue } from "./plan.js";

/** Enters the queue of a QueueLink, whose config is checked. Its links follow. */
export function enterQueue(
  scope: Scope,
  draft: Draft,
  entry: LinkEntry,
  config: JsonObject,
  from: PlanLink["from"],
): number {
  const { each, capacity, balance, key, max_deliveries: deliveries } = config;
  const index = draft.queues.length;
  draft.queues.push({
    name: entry.name,
    path: entry.path,
    from,
    links: [],
    each: each === true,
    capacity: Number(capacity),
    balance: balance as PlanQueue["balance"],
    weights: weightsOf(scope, entry, config),
    ...(typeof key === "string" ? { key } : {}),
    maxDeliveries: Number(deliveries),
    letters: draft.byName.get(deadLettersOf(entry.name))?.index ?? -1,
  });
  return index;
}

/** By target; 1 where nothing is said. */
function weightsOf(scope: Scope, entry: LinkEntry, config: JsonObject): readonly number[] {
  const several = config["targets"];
  const targets = Array.isArray(several) ? several.map((one: Json) => String(one)) : [String(config["target"])];
  const weights = (config["weights"] ?? {}) as { readonly [target: string]: number };
  const at = [...entry.configPath, "weights"];
  for (const name of Object.keys(weights)) {
    if (targets.includes(name)) continue;
    const hint = nameHint(scope.compilation, name, targets);
    fault(scope, "E_REF", [...at, name], `"${name}" is no target of ${entry.name}`, { ...hint, part: "key" });
  }
  if (config["weights"] !== undefined && config["balance"] !== "weighted") {
    const message = `weights of ${entry.name} have no effect: balance is ${String(config["balance"])}`;
    warn(scope, "W_CONFLICT", at, message, { hint: "set balance: weighted", part: "key" });
  }
  return targets.map((target) => (Object.hasOwn(weights, target) ? (weights[target] ?? 1) : 1));
}

/** A queue gives its items to ports of its own. */
export function checkQueues(scope: Scope, draft: Draft): void {
  for (const link of draft.links) {
    const node = draft.nodes[link.to.node];
    const port = node?.ports.get(link.to.port);
    if (link.queue === undefined || node === undefined || port === undefined) continue;
    checkAlone(scope, draft, link, port);
    checkItems(scope, link, node);
  }
}

function checkAlone(scope: Scope, draft: Draft, link: LinkDraft, port: PortDraft): void {
  const others = port.links.flatMap((index) => draft.links[index] ?? []).filter((other) => other !== link);
  const other = others.find((one) => one.queue !== link.queue);
  if (other !== undefined) {
    const message = `Queue ${link.name} must be the only link of ${portName(draft, link.to)}: ${other.name} leads there too`;
    const hint = "give it a port of its own, or link through a data unit";
    fault(scope, "E_CONFLICT", link.targetPath, message, { hint });
  }
  if (port.hold) {
    const message = `${portName(draft, link.to)} cannot hold its value: each item of queue ${link.name} is taken once`;
    fault(scope, "E_CONFLICT", port.path ?? link.targetPath, message, { hint: "remove hold" });
  }
}

/** One item at a time, and a step that wants a list of them. */
function checkItems(scope: Scope, link: LinkDraft, node: NodeDraft): void {
  const map = node.step?.entry.forEach;
  if (!link.each || map?.over !== link.to.port || link.queue === undefined) return;
  const message = `Queue ${link.name} gives ${node.name}.${map.over} one item at a time, and for_each wants a list: each item must be one`;
  warn(scope, "W_CONFLICT", link.targetPath, message, { hint: "leave out each, or for_each with concurrency instead" });
}
