import type { JsonObject, JsonSchema } from "../contracts/json.js";
import type { MergeName, UnitEntry } from "../document/document.js";
import { projectPath } from "../document/project-path.js";
import { checkConfig } from "./check-config.js";
import { fault, type Scope } from "./compilation.js";
import { type Draft, type NodeDraft, newPort } from "./draft.js";
import { resolveClass } from "./resolve-class.js";

/** True for units that the outside sets: the workflow's ports when it is used as a step. */
export function isInput(unit: UnitEntry): boolean {
  return unit.section !== "output_data_units" && (unit.role === "input" || unit.role === "parameter");
}

/** Adds one unit or output to the draft. */
export async function addUnit(scope: Scope, draft: Draft, entry: UnitEntry): Promise<void> {
  const resolved = await resolveClass(scope, entry, "unit");
  const definition = resolved?.from === "registry" ? resolved.definition : undefined;
  const config = definition === undefined ? undefined : await checkConfig(scope, definition, entry);
  const schema = unitSchema(entry, definition?.class) ?? (definition?.kind === "unit" ? definition.values : undefined);
  const path = unitPath(scope, entry);
  const output = entry.section === "output_data_units";
  const node: NodeDraft = {
    index: draft.nodes.length,
    name: entry.name,
    kind: output ? "output" : "unit",
    path: entry.path,
    ports: new Map([["value", newPort("value", unitPort(entry, schema, definition?.class))]]),
    outs: new Map([["value", { name: "value", optional: entry.optional, ...carried(schema) }]]),
    openInputs: false,
    openOutputs: false,
    known: true,
    outLinks: [],
    dependsOn: [],
    namedOuts: new Set(),
    setBy: isInput(entry) ? "outside" : "links",
    triggered: false,
    unit: {
      class: definition?.class ?? entry.className,
      role: entry.role,
      ...(path === undefined ? {} : { path }),
      ...ownConfig(definition?.class, config),
    },
  };
  draft.nodes.push(node);
  enterName(draft, node);
}

type BareUnit = Pick<NodeDraft, "name" | "path" | "setBy"> & {
  readonly optional: boolean;
  readonly role: "input" | "result";
  /** The queue whose dead letters it holds. */
  readonly letters?: number;
};

/** Adds a unit that no document declares: in memory, of any type. */
export function addBareUnit(draft: Draft, unit: BareUnit): void {
  const { name, path, setBy, optional, role, letters } = unit;
  const node: NodeDraft = {
    index: draft.nodes.length,
    name,
    kind: "unit",
    path,
    ports: new Map([["value", newPort("value", { optional })]]),
    outs: new Map([["value", { name: "value", optional }]]),
    openInputs: false,
    openOutputs: false,
    known: true,
    outLinks: [],
    dependsOn: [],
    namedOuts: new Set(),
    setBy,
    triggered: false,
    unit: { class: "nanobrain.core.unit.DataUnitMemory", role, ...(letters === undefined ? {} : { letters }) },
  };
  draft.nodes.push(node);
  enterName(draft, node);
}

/** What a class that is not built in is told; the built-in ones' is in the ports. */
function ownConfig(className: string | undefined, config: JsonObject | undefined): { readonly config?: JsonObject } {
  return config === undefined || className?.startsWith("nanobrain.core.") === true ? {} : { config };
}

const streamClass = "nanobrain.core.unit.DataUnitStream";

/** A stream keeps all that arrives; what the outside sets is one value. */
function defaultMerge(entry: UnitEntry, className: string | undefined): MergeName {
  return className === streamClass && !isInput(entry) ? "collect" : "single";
}

function unitPort(
  entry: UnitEntry,
  schema: JsonSchema | undefined,
  className: string | undefined,
): Parameters<typeof newPort>[1] {
  return {
    optional: entry.optional,
    merge: entry.merge ?? defaultMerge(entry, className),
    path: entry.path,
    ...(entry.default === undefined ? {} : { default: entry.default }),
    ...(schema === undefined ? {} : { schema }),
  };
}

const carried = (schema: JsonSchema | undefined) => (schema === undefined ? {} : { schema, carried: schema });

/** Text units hold text, whatever else their schema says. */
function unitSchema(entry: UnitEntry, className: string | undefined): JsonSchema | undefined {
  if (className !== "nanobrain.core.unit.DataUnitString") return entry.schema;
  if (entry.schema === undefined || entry.schema === true) return { type: "string" };
  if (typeof entry.schema === "boolean" || entry.schema["type"] !== undefined) return entry.schema;
  return { ...entry.schema, type: "string" };
}

function unitPath(scope: Scope, entry: UnitEntry): string | undefined {
  const written = entry.config["path"];
  if (typeof written !== "string") return undefined;
  const at = [...entry.configPath, "path"];
  const found = projectPath(scope.document.places.of(at).file, written);
  if ("path" in found) return found.path;
  fault(scope, "E_PATH", at, `Path "${written}" ${found.problem}`);
  return undefined;
}

/** Enters a node by its name. The document reports names that are there twice; the first one counts. */
export function enterName(draft: Draft, node: NodeDraft): void {
  const names = node.kind === "output" ? draft.outputsByName : draft.byName;
  if (!names.has(node.name)) names.set(node.name, node);
}
