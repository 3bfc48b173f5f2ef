import type { JsonSchema } from "../contracts/json.js";
import { usable } from "./check-schemas.js";
import { checkTriggerCondition } from "./check-trigger-condition.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft } from "./draft.js";
import { nameHint } from "./hint.js";
import { ownField } from "./own-field.js";
import type { PlanTarget, PlanTrigger } from "./plan.js";
import { readSchema } from "./read-schema.js";
import { resolveSource, resolveTarget, unknownName } from "./references.js";
import { feedTarget } from "./trigger-feeds.js";
import { type Named, namesIn, type Trigger } from "./triggers.js";

/** A trigger with all names resolved. */
export type TriggerDraft = {
  readonly trigger: Trigger;
  readonly kind: PlanTrigger["kind"];
  readonly watch: PlanTrigger["watch"];
  readonly targets: readonly PlanTarget[];
  readonly members: readonly number[];
  readonly progress: boolean;
  readonly payloadSchema?: JsonSchema;
};

/** A step that a trigger fires, with the port that the document names for what the firing brings. */
export type Aim = { readonly node: number; readonly port?: string; readonly at: Named["at"] };

const KINDS: { readonly [className: string]: PlanTrigger["kind"] } = {
  "nanobrain.core.trigger.DataUpdatedTrigger": "data_updated",
  "nanobrain.core.trigger.TimerTrigger": "timer",
  "nanobrain.core.trigger.ManualTrigger": "manual",
  "nanobrain.core.trigger.ConditionTrigger": "condition",
  "nanobrain.core.trigger.FolderTrigger": "folder",
  "nanobrain.core.trigger.AllTrigger": "all",
  "nanobrain.core.trigger.AnyTrigger": "any",
};

const progressReport = "progress_monitoring";

/** Triggers of an event-driven workflow fire steps; those of others start runs, and no step waits for them. */
export const firesSteps = (scope: Scope): boolean => scope.document.strategy === "event_driven";

/** Resolves what triggers watch, fire and ask, once all nodes and links are there. */
export async function wireTriggers(
  scope: Scope,
  draft: Draft,
  triggers: readonly Trigger[],
): Promise<readonly TriggerDraft[]> {
  const positions = new Map(triggers.map((trigger, position) => [trigger.entry.name, position]));
  const wired: TriggerDraft[] = [];
  for (const trigger of triggers) {
    const kind = ownField(KINDS, trigger.class);
    if (kind === undefined) reportBehaviour(scope, trigger);
    else wired.push(await wireTrigger(scope, draft, trigger, kind, { triggers, positions }));
  }
  return wired;
}

/** Folders and people bring something, and so do triggers that are made of them. */
function hasPayload(triggers: readonly Trigger[], positions: ReadonlyMap<string, number>, position: number): boolean {
  const seen = new Set<number>();
  const left = [position];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const trigger = triggers[next];
    if (trigger === undefined || seen.has(next)) continue;
    seen.add(next);
    const kind = ownField(KINDS, trigger.class);
    if (kind === "folder" || kind === "manual") return true;
    left.push(...namesIn(trigger, "triggers").flatMap(({ name }) => positions.get(name) ?? []));
  }
  return false;
}

function reportBehaviour(scope: Scope, { entry, class: name }: Trigger): void {
  const message = `Class ${name} is a trigger whose behaviour is not known`;
  fault(scope, "E_CLASS_KIND", [...entry.path, "class"], message);
}

async function wireTrigger(
  scope: Scope,
  draft: Draft,
  trigger: Trigger,
  kind: PlanTrigger["kind"],
  { triggers, positions }: { readonly triggers: readonly Trigger[]; readonly positions: ReadonlyMap<string, number> },
): Promise<TriggerDraft> {
  const { entry, config } = trigger;
  const at = [...entry.configPath, "payload_schema"];
  const schema = readSchema(scope, config["payload_schema"], at);
  const payloadSchema = (await usable(scope, schema, at)) ? schema : undefined;
  if (typeof config["condition"] === "string")
    await checkTriggerCondition(scope, draft, config["condition"], [...entry.configPath, "condition"]);
  const watch = watched(scope, draft, trigger);
  const aims = namesIn(trigger, "step_targets").flatMap((target) => aimOf(scope, draft, trigger, target) ?? []);
  const members = namesIn(trigger, "triggers").flatMap((member) => memberOf(scope, trigger, member, positions) ?? []);
  const found = { trigger, kind, watch, ...(payloadSchema === undefined ? {} : { payloadSchema }) };
  const memberPayloads = members.some((member) => hasPayload(triggers, positions, member));
  return {
    ...found,
    targets: targetsOf(scope, draft, { ...found, memberPayloads }, aims),
    members,
    progress: namesIn(trigger, "step_targets").some(({ name }) => isProgress(draft, name)),
  };
}

/** What it watches, each once. */
function watched(scope: Scope, draft: Draft, trigger: Trigger): PlanTrigger["watch"] {
  const found = new Map<string, PlanTrigger["watch"][number]>();
  for (const { name, at } of namesIn(trigger, "watch_data_units")) {
    const port = resolveSource(scope, draft, name, at);
    if (port !== undefined) found.set(`${port.node}.${port.port}`, port);
  }
  return [...found.values()];
}

function isProgress(draft: Draft, name: string): boolean {
  return name === progressReport && !draft.byName.has(name);
}

/** The step that a target names. Undefined: the progress report, or a fault, reported. */
function aimOf(scope: Scope, draft: Draft, trigger: Trigger, { name, at }: Named): Aim | undefined {
  if (isProgress(draft, name)) return undefined;
  const dot = name.indexOf(".");
  const [step, port] = dot === -1 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
  const node = draft.byName.get(step) ?? draft.outputsByName.get(step);
  if (node === undefined) return unknownName(scope, draft, name, step, at);
  if (node.kind !== "step") {
    const message = `Trigger ${trigger.entry.name} cannot fire ${step}: it is a data unit, a step is expected`;
    fault(scope, "E_REF", at, message, { hint: "name a step; a data unit gets its values over links" });
    return undefined;
  }
  if (firesSteps(scope)) node.triggered = true;
  if (port === undefined) return { node: node.index, at };
  // A run that is started gets its values as inputs: only whether the port is there matters.
  if (!firesSteps(scope) && node.openInputs) return { node: node.index, at };
  return resolveTarget(scope, draft, name, at) === undefined ? undefined : { node: node.index, port, at };
}

/** One target for each step; a step that is named with several ports gets the value on each. */
function targetsOf(
  scope: Scope,
  draft: Draft,
  found: Parameters<typeof feedTarget>[2],
  aims: readonly Aim[],
): readonly PlanTarget[] {
  const targets = new Map<number, PlanTarget["feeds"]>();
  for (const aim of aims) {
    const feeds = firesSteps(scope) ? feedTarget(scope, draft, found, aim) : [];
    targets.set(aim.node, [...(targets.get(aim.node) ?? []), ...feeds]);
  }
  return [...targets].map(([node, feeds]) => ({ node, feeds }));
}

/** The position of another trigger. */
function memberOf(
  scope: Scope,
  trigger: Trigger,
  { name, at }: Named,
  positions: ReadonlyMap<string, number>,
): number | undefined {
  const position = positions.get(name);
  if (position !== undefined) return position;
  if (scope.document.triggers.some((other) => other.name === name)) return undefined;
  const others = scope.document.triggers.map((other) => other.name).filter((other) => other !== trigger.entry.name);
  fault(scope, "E_REF", at, `There is no trigger "${name}"`, nameHint(scope.compilation, name, others));
  return undefined;
}
