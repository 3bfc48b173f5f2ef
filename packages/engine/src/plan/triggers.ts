import type { Json, JsonObject } from "../contracts/json.js";
import type { Path, TriggerEntry } from "../document/document.js";
import { checkConfig } from "./check-config.js";
import { type Scope, warn } from "./compilation.js";
import type { Draft } from "./draft.js";
import { resolveClass } from "./resolve-class.js";
import { addBareUnit } from "./unit-nodes.js";

/** A trigger whose class and config are in order. */
export type Trigger = { readonly entry: TriggerEntry; readonly class: string; readonly config: JsonObject };

export async function resolveTriggers(scope: Scope): Promise<readonly Trigger[]> {
  const found: Trigger[] = [];
  for (const entry of scope.document.triggers) {
    const resolved = await resolveClass(scope, entry, "trigger");
    if (resolved?.from !== "registry") continue;
    const { definition } = resolved;
    const config = await checkConfig(scope, definition, entry);
    if (config !== undefined) found.push({ entry, class: definition.class, config });
  }
  return found;
}

/** A name in a list of a trigger's config, and its place. */
export type Named = { readonly name: string; readonly at: Path };

export function namesIn(trigger: Trigger, key: string): readonly Named[] {
  const list = trigger.config[key];
  if (!Array.isArray(list)) return [];
  return list.flatMap((name: Json, i) =>
    typeof name === "string" ? [{ name, at: [...trigger.entry.configPath, key, i] }] : [],
  );
}

/** A watched unit that nobody declares becomes an input, with a warning. */
export function addWatchedUnits(scope: Scope, draft: Draft, triggers: readonly Trigger[]): void {
  const taken = new Set(scope.document.steps.map((step) => step.name));
  for (const unit of scope.document.units) taken.add(unit.name);
  for (const { name, at } of triggers.flatMap((trigger) => namesIn(trigger, "watch_data_units"))) {
    if (name.includes(".") || taken.has(name)) continue;
    taken.add(name);
    const required = nothingElseStarts(scope, triggers);
    const message = `Data unit "${name}" is not declared: it becomes ${required ? "a required" : "an optional"} input of the workflow`;
    warn(scope, "W_UNIT_UNDECLARED", at, message, { hint: `declare ${name} under input_data_units` });
    addBareUnit(draft, { name, path: at, optional: !required, role: "input", setBy: "outside" });
  }
}

/** True: no step could start by itself, and no timer, folder, condition or person could start one. */
function nothingElseStarts(scope: Scope, triggers: readonly Trigger[]): boolean {
  const stepOf = (target: Named) => target.name.split(".", 1)[0] ?? "";
  const targets = (some: readonly Trigger[]) => some.flatMap((trigger) => namesIn(trigger, "step_targets").map(stepOf));
  const steps = new Set(scope.document.steps.map((step) => step.name));
  const others = triggers.filter((trigger) => trigger.config["watch_data_units"] === undefined);
  if (targets(others).some((name) => steps.has(name))) return false;
  const fired = new Set(targets(triggers));
  const fed = new Set(scope.document.links.flatMap((link) => linkTargets(link.config)));
  return scope.document.steps.every((step) => fired.has(step.name) || fed.has(step.name) || step.dependsOn.length > 0);
}

function linkTargets(config: JsonObject): readonly string[] {
  const { target, targets } = config as { target?: Json; targets?: Json };
  const all = Array.isArray(targets) ? targets : [target];
  return all.flatMap((one: Json | undefined) => (typeof one === "string" ? [one.split(".", 1)[0] ?? ""] : []));
}
