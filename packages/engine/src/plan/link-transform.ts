import type { ComponentCall } from "../contracts/executor.js";
import type { JsonObject, JsonSchema } from "../contracts/json.js";
import type { LinkEntry, Path } from "../document/document.js";
import { nearest } from "../document/nearest.js";
import { fault, type Scope } from "./compilation.js";
import { functionCall, functionStepClass, resolveFunction } from "./resolve-function.js";
import { closedFields, fieldSchema } from "./schema-parts.js";

export const transformStepClass = "nanobrain.core.step.TransformStep";

/** What a TransformLink runs on its value, and what is known of the result. */
export type Transform = { readonly call: ComponentCall; readonly schema?: JsonSchema };

/** Undefined: a fault, reported. `given` is the schema of the value that comes in. */
export async function resolveTransform(
  scope: Scope,
  entry: LinkEntry,
  config: JsonObject,
  given: JsonSchema | undefined,
): Promise<Transform | undefined> {
  const named = config["transform_function"];
  if (typeof named === "string") return namedFunction(scope, named, [...entry.configPath, "transform_function"]);
  const expression = config["expression"];
  if (typeof expression === "string") return expressionOf(scope, expression, [...entry.configPath, "expression"]);
  return mapping(scope, (config["mapping"] ?? {}) as Mapping, [...entry.configPath, "mapping"], given);
}

async function namedFunction(scope: Scope, name: string, at: Path): Promise<Transform | undefined> {
  const found = resolveFunction(scope, name, at);
  if (found === undefined) return undefined;
  const definition = await scope.compilation.registry.find(functionStepClass)?.load();
  if (definition === undefined) return undefined;
  return { call: functionCall({ function: name }, definition.version, found) };
}

async function expressionOf(scope: Scope, expression: string, at: Path): Promise<Transform | undefined> {
  const definition = await scope.compilation.registry.find(transformStepClass)?.load();
  if (definition?.kind !== "step") return undefined;
  const problems = (await definition.check?.({ expression })) ?? [];
  for (const { code, message, path: _inside, ...place } of problems) fault(scope, code, at, message, place);
  if (problems.length > 0) return undefined;
  return { call: { class: definition.class, version: definition.version, config: { expression } } };
}

type Mapping = { readonly [name: string]: string };

/** A mapping is an expression that builds the object, each field from its path. */
async function mapping(
  scope: Scope,
  fields: Mapping,
  at: Path,
  given: JsonSchema | undefined,
): Promise<Transform | undefined> {
  const known = closedFields(given);
  const properties: { [name: string]: JsonSchema } = {};
  let fine = true;
  for (const [name, path] of Object.entries(fields)) {
    const names = path.split(".");
    const [first = ""] = names;
    const schema = fieldSchema(given, names);
    if (schema !== undefined) properties[name] = schema;
    if (known === undefined || known.includes(first)) continue;
    const near = nearest(first, known);
    const hint = near === undefined ? `the fields are ${known.slice(0, 12).join(", ")}` : `did you mean "${near}"?`;
    fault(scope, "E_REF", [...at, name], `"${first}" is not a field of the value`, { hint });
    fine = false;
  }
  if (!fine) return undefined;
  const made = await expressionOf(scope, mappingExpression(fields), at);
  return made === undefined ? undefined : { ...made, schema: { type: "object", properties } };
}

/** JSONata that builds an object out of fields. Numbers in a path are positions in lists. */
export function mappingExpression(fields: Mapping): string {
  const entries = Object.entries(fields).map(([name, path]) => `${JSON.stringify(name)}: ${fieldExpression(path)}`);
  return `{${entries.join(", ")}}`;
}

function fieldExpression(path: string): string {
  const steps = path.split(".").map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.\`${name.replaceAll("`", "")}\``));
  return `$${steps.join("")}`;
}
