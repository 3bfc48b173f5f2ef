import type { JsonObject } from "../contracts/json.js";
import type { ComponentEntry, Path, StepEntry } from "../document/document.js";
import { canonicalJson } from "./canonical-json.js";
import { checkConfig } from "./check-config.js";
import { fault, type Scope, warn } from "./compilation.js";
import { nameHint } from "./hint.js";
import { ownField } from "./own-field.js";
import { resolveClass } from "./resolve-class.js";

/** Executors by the name plans use, and the class of each. */
const CLASSES: { readonly [name: string]: string } = {
  local: "nanobrain.core.executor.LocalExecutor",
  thread: "nanobrain.core.executor.ThreadExecutor",
  process: "nanobrain.core.executor.ProcessExecutor",
  parsl: "nanobrain.core.executor.ParslExecutor",
};

/** Stands in for executors that are not there yet. */
const STAND_IN = "process";

/** The executor's name in the plan. Undefined: a fault, reported. */
export async function resolveExecutor(
  scope: Scope,
  said: string | ComponentEntry,
  at: Path,
): Promise<string | undefined> {
  const entry: ComponentEntry =
    typeof said === "string"
      ? { className: ownField(CLASSES, said) ?? said, config: {}, path: at, configPath: at }
      : said;
  const names = Object.keys(CLASSES);
  if (
    typeof said === "string" &&
    !names.some((name) => CLASSES[name] === entry.className || name === said) &&
    scope.compilation.registry.find(said) === undefined
  ) {
    const hint = nameHint(scope.compilation, said, names);
    fault(scope, "E_ENUM", at, `There is no executor "${said}"`, hint);
    return undefined;
  }
  const resolved = await resolveClass(scope, entry, "executor");
  if (resolved?.from !== "registry") return undefined;
  const { definition } = resolved;
  const config = await checkConfig(scope, definition, entry);
  const name = names.find((one) => CLASSES[one] === definition.class);
  if (name === undefined || config === undefined) return undefined;
  if (definition.kind === "step" || definition.later === undefined) return enter(scope, name, config, entry.path);
  scope.compilation.standIns.add(`${definition.later}: steps run in processes of this machine instead`);
  return enter(scope, STAND_IN, {}, entry.path);
}

/** One executor of a kind serves the whole plan, so it has one config: an empty one agrees with any. */
function enter(scope: Scope, name: string, config: JsonObject, at: Path): string {
  const { executors } = scope.compilation;
  const known = executors.get(name);
  const empty = Object.keys(config).length === 0;
  if (known === undefined || Object.keys(known).length === 0) executors.set(name, config);
  else if (!empty && canonicalJson(known) !== canonicalJson(config))
    warn(scope, "W_CONFLICT", at, `Executor ${name} is configured already: its first config counts for the whole run`);
  return name;
}

/** The executor of a step: the caller's, the step's own, the document's, else what its class prefers. */
export async function stepExecutor(scope: Scope, entry: StepEntry, preferred: string): Promise<string> {
  const own =
    entry.executor === undefined
      ? undefined
      : await resolveExecutor(scope, entry.executor, [...entry.path, "executor"]);
  const name = scope.compilation.options.executor === undefined ? (own ?? scope.executor) : scope.executor;
  if (name !== undefined) return name;
  return enter(scope, preferred, {}, entry.path);
}
