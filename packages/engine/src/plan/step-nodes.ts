import type { StepDefinition, StepPorts } from "../contracts/component.js";
import type { ComponentCall } from "../contracts/executor.js";
import type { JsonObject } from "../contracts/json.js";
import type { ComponentEntry, StepEntry } from "../document/document.js";
import { literalSecrets } from "../document/literal-secrets.js";
import { checkConfig } from "./check-config.js";
import { type Scope, warn } from "./compilation.js";
import type { Draft, NodeDraft } from "./draft.js";
import { type ResolvedClass, resolveClass } from "./resolve-class.js";
import { functionCall, functionStepClass, resolveFunction } from "./resolve-function.js";
import { inputPorts, itemPortKnown, openPorts, outputPorts } from "./step-ports.js";
import { enterName } from "./unit-nodes.js";

/** A step's component with its ports. */
export type Component = {
  readonly call: ComponentCall;
  readonly ports: StepPorts;
  readonly effects: boolean;
  readonly executor: "local" | "thread" | "process";
};

/** A nested workflow as a component: its place in the plan and its ports. */
export type Nested = { readonly workflow: number; readonly ports: StepPorts };

/** Adds one step to the draft. `nested` compiles the document of a step that is a workflow. */
export async function addStep(
  scope: Scope,
  draft: Draft,
  entry: StepEntry,
  nested: (entry: StepEntry) => Promise<Nested | undefined>,
): Promise<void> {
  const isWorkflow =
    entry.workflow !== undefined || scope.compilation.registry.find(entry.className)?.kind === "workflow";
  const child = isWorkflow ? await nestedStep(scope, entry, nested) : undefined;
  const component = isWorkflow ? undefined : await resolveComponent(scope, entry);
  const fallback = entry.fallback === undefined ? undefined : await resolveComponent(scope, entry.fallback);
  const undo = entry.onRollback === undefined ? undefined : await resolveComponent(scope, entry.onRollback);
  const ports = child?.ports ?? component?.ports;
  const declared = ports ?? openPorts;
  const node: NodeDraft = {
    index: draft.nodes.length,
    name: entry.name,
    kind: "step",
    path: entry.path,
    ports: inputPorts(scope, entry, declared),
    outs: outputPorts(scope, entry, declared),
    openInputs: declared.openInputs,
    openOutputs: declared.openOutputs,
    known: ports !== undefined && itemPortKnown(entry, declared),
    outLinks: [],
    dependsOn: [],
    namedOuts: new Set(entry.outputs.map((output) => output.port)),
    setBy: "links",
    triggered: false,
    step: {
      entry,
      ...(component === undefined ? {} : { component: component.call }),
      ...(child === undefined ? {} : { workflow: child.workflow }),
      ...(fallback === undefined ? {} : { fallback: fallback.call, standIn: { declared, fallback: fallback.ports } }),
      ...(undo === undefined ? {} : { onRollback: undo.call }),
      effects: component?.effects ?? isWorkflow,
      executor: component?.executor ?? "local",
    },
  };
  draft.nodes.push(node);
  enterName(draft, node);
}

async function nestedStep(
  scope: Scope,
  entry: StepEntry,
  nested: (entry: StepEntry) => Promise<Nested | undefined>,
): Promise<Nested | undefined> {
  const resolved = await resolveClass(scope, entry, "workflow");
  return resolved === undefined ? undefined : nested(entry);
}

/** The component of a step, a fallback or a hook. Undefined: it has faults, reported. */
export async function resolveComponent(scope: Scope, entry: ComponentEntry): Promise<Component | undefined> {
  const resolved = await resolveClass(scope, entry, "step");
  if (resolved === undefined) return undefined;
  if (resolved.from === "module") {
    const component = moduleComponent(resolved, entry);
    return { ...component, call: { ...component.call, ...literalsOf(scope, entry, entry.config, ["headers", "env"]) } };
  }
  const { definition } = resolved;
  if (definition.kind !== "step") return undefined;
  const config = await checkConfig(scope, definition, entry);
  if (config === undefined) return undefined;
  const ports = definition.ports(config);
  const { effects, executor } = definition;
  const name = definition.class === functionStepClass ? config["function"] : undefined;
  const literals = literalsOf(scope, entry, config, definition.secretFields ?? []);
  if (typeof name !== "string")
    return { call: { ...callOf(definition, config), ...literals }, ports, effects, executor };
  const found = resolveFunction(scope, name, [...entry.configPath, "function"]);
  if (found === undefined) return undefined;
  const call = { ...functionCall(config, definition.version, found), ...literals };
  return { call, ports, effects, executor: found.module === undefined ? executor : "thread" };
}

/** Secrets that stand in a config: each is warned of, and masked. */
function literalsOf(
  scope: Scope,
  { configPath }: Pick<ComponentEntry, "configPath">,
  config: JsonObject,
  fields: readonly string[],
): Pick<ComponentCall, "literals"> {
  const found = literalSecrets(config, fields);
  for (const { path } of found) {
    const key = String(path.findLast((part) => typeof part === "string") ?? "SECRET");
    const name = key.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
    warn(
      scope,
      "W_SECRET",
      [...configPath, ...path],
      "A secret stands here as it is, and is kept in the store with the plan",
      {
        hint: `write \${secret:${name}}, and set ${name} in the environment or in .env`,
      },
    );
  }
  return found.length === 0 ? {} : { literals: [...new Set(found.flatMap(({ texts }) => texts))] };
}

function callOf(definition: StepDefinition, config: JsonObject): ComponentCall {
  const secrets = definition.secrets?.(config) ?? [];
  const call = { class: definition.class, version: definition.version, config };
  return secrets.length === 0 ? call : { ...call, secrets };
}

function moduleComponent(resolved: Extract<ResolvedClass, { from: "module" }>, entry: ComponentEntry): Component {
  const { path, version, ports } = resolved;
  const module = { path, export: resolved.export };
  return {
    call: { class: resolved.export, version, config: entry.config, module },
    ports: ports ?? openPorts,
    effects: false,
    executor: "thread",
  };
}
