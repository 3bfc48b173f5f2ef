import type { JsonObject } from "../contracts/json.js";
import { fault, type Scope, warn } from "./compilation.js";
import type { Draft, NodeDraft } from "./draft.js";
import { type Edge, edgesOf, makeGraph, successors } from "./graph.js";
import type { PlanTrigger } from "./plan.js";
import { firesSteps, type TriggerDraft } from "./trigger-wiring.js";

/** Triggers that fire nothing or make circles, and runs that end before anything could happen. */
export function checkReactions(scope: Scope, draft: Draft, triggers: readonly TriggerDraft[]): void {
  checkCompletion(scope, draft);
  for (const trigger of triggers) checkMembers(scope, triggers, trigger);
  if (triggers.length === scope.document.triggers.length)
    for (const [position, trigger] of triggers.entries()) checkAim(scope, triggers, trigger, position);
  if (!firesSteps(scope)) for (const trigger of triggers) checkStarts(scope, draft, trigger);
  else if (!draft.incomplete) checkEnd(scope, draft, triggers);
}

function checkCompletion(scope: Scope, draft: Draft): void {
  if (scope.document.completion !== "outputs" || draft.nodes.some((node) => node.kind === "output")) return;
  const message = "completion: outputs waits for values of the outputs, and the workflow has none";
  warn(scope, "W_CONFLICT", ["completion"], message, { hint: "declare output_data_units" });
}

/** A trigger made of others must not be made of itself. */
function checkMembers(scope: Scope, triggers: readonly TriggerDraft[], { trigger, members }: TriggerDraft): void {
  const own = triggers.findIndex((one) => one.trigger === trigger);
  const seen = new Set<number>();
  const left = [...members];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    left.push(...(triggers[next]?.members ?? []));
  }
  if (!seen.has(own)) return;
  const { entry } = trigger;
  const hint = "let it name triggers that stand for themselves";
  fault(scope, "E_CYCLE", [...entry.configPath, "triggers"], `Trigger ${entry.name} waits for itself`, { hint });
}

/** Only a part of other triggers, and one that starts runs, need no target. */
function checkAim(scope: Scope, triggers: readonly TriggerDraft[], found: TriggerDraft, position: number): void {
  const { entry, config } = found.trigger;
  if (config["step_targets"] !== undefined || !firesSteps(scope)) return;
  if (triggers.some((other) => other.members.includes(position))) return;
  const message = `Trigger ${entry.name} fires nothing: it has no step_targets, and no other trigger is made of it`;
  fault(scope, "E_MISSING", entry.configPath, message, { part: "key", hint: "add step_targets: [STEP]" });
}

/** Of a workflow whose triggers start runs: what they name must be where runs start. */
function checkStarts(scope: Scope, draft: Draft, { trigger, kind, targets }: TriggerDraft): void {
  const { entry } = trigger;
  const { strategy } = scope.document;
  if (kind === "data_updated" || kind === "condition") {
    const message = `Trigger ${entry.name} never fires: triggers of a ${strategy} workflow start runs, and it waits for something within one`;
    warn(scope, "W_CONFLICT", entry.path, message, { hint: "set execution_strategy: event_driven", part: "key" });
    return;
  }
  for (const { node } of targets) {
    const step = draft.nodes[node];
    if (step === undefined || isFirst(draft, step)) continue;
    const message = `Trigger ${entry.name} does not fire ${step.name}: triggers of a ${strategy} workflow start runs, which begin with their first steps`;
    const hint = "name a first step, or set execution_strategy: event_driven";
    warn(scope, "W_CONFLICT", [...entry.configPath, "step_targets"], message, { hint });
  }
}

function isFirst(draft: Draft, step: NodeDraft): boolean {
  if (step.dependsOn.length > 0) return false;
  const sources = [...step.ports.values()].flatMap((port) => port.links.map((link) => draft.links[link]?.from.node));
  return sources.every((source) => draft.nodes[source ?? -1]?.setBy === "outside");
}

/** A run is over when nothing runs and nothing is due: timers without an end, folders and conditions do not keep it. */
function checkEnd(scope: Scope, draft: Draft, triggers: readonly TriggerDraft[]): void {
  if (scope.document.completion !== "quiescent" || draft.nodes.every((node) => !node.triggered)) return;
  if (startsByItself(draft) || triggers.some((trigger) => keepsOpen(trigger.kind, trigger.trigger.config))) return;
  const kinds = [...new Set(triggers.map(({ kind }) => words[kind]))].join(" and ");
  const message = `A run of it ends at once: no step starts by itself, and ${kinds} do not keep it waiting`;
  const hint = "set completion: manual, or serve the document";
  warn(scope, "W_CONFLICT", ["triggers"], message, { hint, part: "key" });
}

const words: { readonly [kind in PlanTrigger["kind"]]: string } = {
  timer: "timers without count",
  folder: "folders",
  condition: "conditions",
  all: "combined triggers",
  any: "combined triggers",
  data_updated: "data units",
  manual: "people",
};

function keepsOpen(kind: PlanTrigger["kind"], config: JsonObject): boolean {
  return kind === "manual" || kind === "data_updated" || (kind === "timer" && config["count"] !== undefined);
}

/** True: some step neither is fired by triggers nor waits for one that is. */
function startsByItself(draft: Draft): boolean {
  const edges: readonly Edge[] = edgesOf(draft.nodes, draft.links);
  const graph = makeGraph(draft.nodes, edges);
  const waits = new Set<number>();
  const left = draft.nodes.filter((node) => node.triggered).map((node) => node.index);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (waits.has(next)) continue;
    waits.add(next);
    left.push(...successors(graph, next));
  }
  return draft.nodes.some((node) => node.kind === "step" && !waits.has(node.index));
}
