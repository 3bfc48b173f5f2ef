import type { z } from "zod";
import type { ComponentDefinition, NestedComponent } from "../contracts/component.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { ComponentEntry, Path } from "../document/document.js";
import { projectPath } from "../document/project-path.js";
import { fault, type Scope } from "./compilation.js";
import { reportIssues } from "./config-issues.js";
import { resolveClass } from "./resolve-class.js";

/** The config with defaults filled in. Undefined: it has faults, all of them reported. */
export async function checkConfig(
  scope: Scope,
  definition: ComponentDefinition,
  entry: Pick<ComponentEntry, "config" | "configPath">,
): Promise<JsonObject | undefined> {
  const schema = configSchema(scope, definition);
  const { config, result } = parsed(scope, schema, entry);
  if (!result.success) {
    reportIssues(scope, definition, schema, entry.configPath, config, result.error.issues);
    return undefined;
  }
  const checked = await withComponents(scope, definition, entry, plainCopy(result.data));
  if (checked === undefined) return undefined;
  const problems = (await definition.check?.(checked)) ?? [];
  for (const { path, code, message, ...place } of problems)
    fault(scope, code, [...entry.configPath, ...path], message, place);
  if (problems.length === 0) checkFiles(scope, definition, entry.configPath, checked);
  return problems.length === 0 ? checked : undefined;
}

/** Files that are named as they are: paths with references in them, and those of other roots, are looked at when the step runs. */
function checkFiles(scope: Scope, definition: ComponentDefinition, configPath: Path, config: JsonObject): void {
  for (const { path, file, what } of definition.files?.(config) ?? []) {
    const found = /\{\{|\$\{/.test(file) ? { problem: "is filled in later" } : projectPath("", file);
    if ("path" in found && scope.compilation.options.fileExists?.(found.path) === false)
      fault(scope, "E_FILE_MISSING", [...configPath, ...path], `There is no ${what} ${found.path}`, {
        hint: "paths of steps are relative to the workflow's folder",
      });
  }
}

/** The config with the components it holds as they are checked. Undefined: one has faults, reported. */
async function withComponents(
  scope: Scope,
  definition: ComponentDefinition,
  entry: Pick<ComponentEntry, "configPath">,
  config: JsonObject,
): Promise<JsonObject | undefined> {
  let checked: JsonObject | undefined = config;
  for (const { path, kind } of definition.components?.(config) ?? []) {
    const component = await nestedComponent(scope, kind, [...entry.configPath, ...path], valueAt(config, path));
    checked = component && checked && (replaced(checked, path, component) as JsonObject);
  }
  return checked;
}

async function nestedComponent(
  scope: Scope,
  kind: NestedComponent["kind"],
  path: Path,
  written: JsonObject,
): Promise<JsonObject | undefined> {
  const className = String(written["class"] ?? "");
  const given = written["config"];
  const config = typeof given === "object" && given !== null ? (given as JsonObject) : {};
  const entry = { className, config, path, configPath: [...path, "config"] };
  const resolved = await resolveClass(scope, entry, kind);
  if (resolved === undefined) return undefined;
  if (resolved.from === "module") {
    const { path: file, export: name, version } = resolved;
    return { ...written, class: name, version, config, module: { path: file, export: name } };
  }
  const { definition } = resolved;
  const found = { ...written, class: definition.class, version: definition.version };
  if (kind === "workflow") return documentOf(scope, entry, found, given);
  if (definition.later !== undefined) {
    fault(scope, "E_CLASS_UNKNOWN", [...path, "class"], `Cannot use class "${className}": ${definition.later}`);
    return undefined;
  }
  const checked = await checkConfig(scope, definition, entry);
  return checked === undefined ? undefined : { ...found, config: checked };
}

/** A workflow inside a config is named, not held: its file, which the document layer has read in its place. */
function documentOf(
  scope: Scope,
  entry: ComponentEntry,
  found: JsonObject,
  given: Json | undefined,
): JsonObject | undefined {
  const [key] = Object.keys(entry.config);
  const file = key === undefined ? undefined : scope.document.places.of([...entry.configPath, key]).file;
  if (file !== undefined && file !== scope.document.places.of(entry.path).file) return { ...found, config: file };
  const message = "A workflow is given by its file here: config: the path of its document, ending in .yml";
  fault(scope, "E_TYPE", given === undefined ? entry.path : entry.configPath, message);
  return undefined;
}

function valueAt(config: JsonObject, path: Path): JsonObject {
  let value: Json | undefined = config;
  for (const key of path) value = (value as { readonly [key: string]: Json } | undefined)?.[key];
  return (value ?? {}) as JsonObject;
}

export function configSchema(scope: Scope, definition: ComponentDefinition): z.ZodType {
  const { configSchemas, zod } = scope.compilation;
  const known = configSchemas.get(definition);
  if (known !== undefined) return known;
  const schema = definition.config(zod);
  configSchemas.set(definition, schema);
  return schema;
}

type Parsed = { readonly config: JsonObject; readonly result: z.ZodSafeParseResult<unknown> };

/** Parses; if that fails, once more without keys that may stand anywhere and with what the environment gave as text. */
function parsed(scope: Scope, schema: z.ZodType, entry: Pick<ComponentEntry, "config" | "configPath">): Parsed {
  const result = schema.safeParse(entry.config);
  if (result.success) return { config: entry.config, result };
  let config = entry.config;
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) config = withoutFreeKeys(config, issue.keys);
    if (issue.code === "invalid_type" && issue.expected === "string")
      config = asWritten(scope, config, entry, issue.path);
  }
  return config === entry.config ? { config, result } : { config, result: schema.safeParse(config) };
}

/** Keys that are allowed anywhere: `metadata` and `x-...`. */
function withoutFreeKeys(config: JsonObject, keys: readonly string[]): JsonObject {
  const free = new Set(keys.filter((key) => key.startsWith("x-") || key === "metadata"));
  if (free.size === 0) return config;
  return Object.fromEntries(Object.entries(config).filter(([key]) => !free.has(key)));
}

/** A number or boolean read out of an environment variable stays text where the schema wants text. */
function asWritten(
  scope: Scope,
  config: JsonObject,
  entry: Pick<ComponentEntry, "configPath">,
  at: readonly PropertyKey[],
): JsonObject {
  const path = at.map((key) => (typeof key === "number" ? key : String(key)));
  const text = scope.document.places.environmentText?.([...entry.configPath, ...path]);
  return text === undefined ? config : (replaced(config, path, text) as JsonObject);
}

function replaced(value: Json | undefined, path: Path, by: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item: Json, i) => (i === key ? replaced(item, rest, by) : item));
  if (typeof value !== "object" || value === null) return by;
  return { ...value, [key]: replaced((value as JsonObject)[key], rest, by) };
}

/** JSON only: undefined fields fall away. */
function plainCopy(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value ?? {})) as JsonObject;
}
