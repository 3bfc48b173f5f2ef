import type { ComponentDefinition, Registry, Zod } from "../contracts/component.js";
import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import { shortName } from "./config-issues.js";
import { documentShape } from "./document-shape.js";
import { configJsonSchema } from "./known-keys.js";

type Kind = ComponentDefinition["kind"];

/** The shelves whose classes a document may name, and where a class may also be an export of a module. */
const KINDS: readonly Kind[] = ["step", "link", "unit", "trigger", "executor", "workflow", "agent"];

/**
 * JSON Schema 2020-12 of documents, for editors. `class` completes to the registered classes, the caller's own among
 * them, and `config` is that of the class.
 */
export async function documentSchema(registry: Registry): Promise<JsonSchema> {
  const zod = await registry.zod();
  const defs: { [name: string]: Json } = {};
  for (const kind of KINDS) {
    const known = await definitionsOf(registry, kind);
    for (const definition of known) defs[configName(definition)] = configOf(zod, definition);
    defs[kind] = componentOf(kind, known, namesOf(registry, known));
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...documentShape(),
    $defs: { ...stepLike(), ...defs },
  };
}

function definitionsOf(registry: Registry, kind: Kind): Promise<readonly ComponentDefinition[]> {
  const entries = registry.list(kind).flatMap((entry) => registry.find(entry.class) ?? []);
  return Promise.all(entries.map((entry) => entry.load()));
}

const configName = (definition: ComponentDefinition): string => `config ${definition.class}`;

/** A step's class may be a step or a workflow; an agent's tool may be an agent, too. */
function stepLike(): JsonObject {
  const [step, workflow, agent] = ["step", "workflow", "agent"].map((kind) => ({ $ref: `#/$defs/${kind}` }));
  return {
    runnable: { anyOf: [step, workflow] } as JsonObject,
    tool: { anyOf: [step, workflow, agent] } as JsonObject,
  };
}

/** The canonical name, and the short one where it leads to the same class. */
function namesOf(
  registry: Registry,
  definitions: readonly ComponentDefinition[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    definitions.map((definition) => {
      const short = shortName(definition.class);
      const own = registry.find(short)?.class === definition.class && short !== definition.class;
      return [definition.class, own ? [short, definition.class] : [definition.class]];
    }),
  );
}

function componentOf(
  kind: Kind,
  definitions: readonly ComponentDefinition[],
  names: ReadonlyMap<string, readonly string[]>,
): JsonObject {
  const all = definitions.flatMap((definition) => names.get(definition.class) ?? []);
  const moduleClass = { type: "string", pattern: "^[^#]+#[A-Za-z_$][A-Za-z0-9_$]*$", description: "./file.ts#Name" };
  const classes = { enum: all, description: `A registered ${kind}.` };
  return {
    type: "object",
    required: ["class"],
    properties: {
      class: kind === "step" ? { anyOf: [classes, moduleClass] } : classes,
      config: { type: ["object", "string"], description: "Settings, or the path of a file that holds them." },
    },
    ...(definitions.length === 0 ? {} : { allOf: definitions.map((definition) => configFor(definition, names)) }),
  };
}

function configFor(definition: ComponentDefinition, names: ReadonlyMap<string, readonly string[]>): JsonObject {
  const config = { anyOf: [{ $ref: `#/$defs/${escaped(configName(definition))}` }, { type: "string" }] };
  return when(
    { properties: { class: { enum: names.get(definition.class) ?? [] } }, required: ["class"] },
    { description: definition.summary, properties: { config } },
  );
}

const consequence = "then";

const when = (condition: JsonObject, follows: JsonObject): JsonObject => ({ if: condition, [consequence]: follows });

/** As part of a JSON pointer inside a URI. */
const escaped = (name: string): string => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));

function configOf(zod: Zod, definition: ComponentDefinition): JsonObject {
  const { $schema: _dialect, ...schema } = configJsonSchema(zod, definition.config(zod));
  return embedded(schema, `#/$defs/${escaped(configName(definition))}`) as JsonObject;
}

/** Turns references to the schema's own top to its new place, and lets `${NAME}` stand for numbers and booleans. */
function embedded(value: Json, top: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => embedded(item, top));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value as JsonObject).map(([key, field]): [string, Json] =>
    key === "$ref" && typeof field === "string" ? [key, field.replace(/^#/, top)] : [key, embedded(field, top)],
  );
  const schema: JsonObject = componentIn(Object.fromEntries(fields));
  const type = schema["type"];
  if (type !== "number" && type !== "integer" && type !== "boolean") return schema;
  return { anyOf: [schema, { type: "string", pattern: "^\\$\\{[^}]+\\}$" }] };
}

/** Where a config holds a component (`component` says of what kind), class and config are those of the kind. */
function componentIn(schema: JsonObject): JsonObject {
  const { component, ...rest } = schema;
  if (typeof component !== "string") return schema;
  const properties = { ...(rest["properties"] as JsonObject), class: {}, config: {} };
  return { ...rest, properties, allOf: [{ $ref: `#/$defs/${component}` }] };
}
