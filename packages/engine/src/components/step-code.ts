import type { NamedFunction, Registry, StepDefinition } from "../contracts/component.js";
import type { ComponentCall } from "../contracts/executor.js";
import type { OpenHttp } from "../contracts/http.js";
import type { JsonObject } from "../contracts/json.js";
import { withConfig } from "../contracts/lazy-context.js";
import type { ModuleFolders, Modules, StepCode } from "../contracts/step-code.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { issuesText, type StandardSchema } from "./standard-schema.js";

export type StepCodeOptions = {
  readonly registry: Registry;
  /** Absent: classes and functions of users' modules are refused with E_MODULES_OFF. */
  readonly modules?: Modules;
  readonly http?: OpenHttp;
};

/**
 * Finds what an attempt runs: a registered class, a function the library or the caller registered, or a class or function
 * that a user's module exports. A module that was edited is loaded anew; its config is checked here, because
 * nothing was imported when the document was loaded.
 */
export function createStepCode(options: StepCodeOptions): StepCode {
  const { registry, modules, http } = options;
  const registered = new Map<string, StepDefinition | Promise<StepDefinition>>();
  const found = (component: ComponentCall): StepDefinition | Promise<StepDefinition> => {
    const known = registered.get(component.class);
    if (known !== undefined) return known;
    const finding = registeredStep(registry, component.class);
    registered.set(component.class, finding);
    finding.then(
      (definition) => registered.set(component.class, definition),
      () => registered.delete(component.class),
    );
    return finding;
  };
  const exported = async (module: ModuleExport, folders: ModuleFolders): Promise<StepDefinition> => {
    const { path, export: name } = module;
    if (modules === undefined) throw nanobrainError("E_MODULES_OFF", { path });
    const given = await modules.load(path, folders);
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (isStepDefinition(value)) return withCheckedConfig(value, registry);
    if (typeof value === "function") return functionDefinition(name, value as NamedFunction);
    throw noSuchExport(path, name, given);
  };
  return {
    ...(http === undefined ? {} : { http }),
    find(component, folders) {
      if (component.module !== undefined) return exported(component.module, folders);
      const name = component.config["function"];
      const fn = isFunctionStep(component) && typeof name === "string" ? registry.function(name) : undefined;
      return fn === undefined ? found(component) : functionDefinition(component.class, fn);
    },
  };
}

type ModuleExport = NonNullable<ComponentCall["module"]>;

/** Its canonical or its short name. */
const isFunctionStep = ({ class: name }: ComponentCall): boolean =>
  name.endsWith("FunctionStep") && /(^|\.)FunctionStep$/.test(name);

async function registeredStep(registry: Registry, name: string): Promise<StepDefinition> {
  const entry = registry.find(name);
  const definition = entry?.kind === "step" ? await entry.load() : undefined;
  if (definition?.kind !== "step") throw nanobrainError("E_CLASS", { class: name });
  return definition;
}

/** By shape: the module may have made it with another copy of the engine. */
export function isStepDefinition(value: unknown): value is StepDefinition {
  if (typeof value !== "object" || value === null) return false;
  const step = value as Partial<StepDefinition>;
  return (
    step.kind === "step" &&
    typeof step.class === "string" &&
    typeof step.run === "function" &&
    typeof step.ports === "function"
  );
}

const checking = new WeakMap<StepDefinition, StepDefinition>();

/** Made once for a definition: so is the schema of its config. */
function withCheckedConfig(definition: StepDefinition, registry: Registry): StepDefinition {
  const known = checking.get(definition);
  if (known !== undefined) return known;
  let schema: StandardSchema | undefined;
  const checked: StepDefinition = {
    ...definition,
    async run(call) {
      schema ??= definition.config(await registry.zod());
      const checking = schema["~standard"].validate(call.config);
      const result = checking instanceof Promise ? await checking : checking;
      if (result.issues === undefined) return definition.run(withConfig(call, result.value as JsonObject));
      throw nanobrainError("E_CONFIG", { class: definition.class, problems: issuesText(result.issues) });
    },
  };
  checking.set(definition, checked);
  return checked;
}

function functionDefinition(name: string, fn: NamedFunction): StepDefinition {
  return {
    kind: "step",
    class: name,
    version: "0",
    summary: `Function ${name}`,
    config: (zod) => zod.record(zod.string(), zod.any()),
    ports: () => ({ inputs: {}, outputs: {}, openInputs: true, openOutputs: true }),
    effects: false,
    executor: "thread",
    async run(call) {
      const { callFunction } = await import("./steps/function-step.js");
      return callFunction(fn, call);
    },
  };
}

function noSuchExport(path: string, name: string, exported: { readonly [name: string]: unknown }): Error {
  const usable = Object.keys(exported).filter(
    (key) => isStepDefinition(exported[key]) || typeof exported[key] === "function",
  );
  const hint =
    usable.length === 0
      ? "It exports none: write `export const Name = defineStep(...)` or `export function name(value, ctx)`."
      : `It exports ${usable.slice(0, 12).join(", ")}.`;
  return nanobrainError("E_MODULE_EXPORT", { path, export: name }, { hint });
}
