import type { JsonObject } from "../contracts/json.js";
import { type At, below, complain, foundText, referenceAt } from "./at.js";
import { budgets } from "./budgets.js";
import type { ComponentEntry } from "./document.js";
import { resolveEnvironment } from "./environment.js";
import { type Fields, makeShape, readFields, type Shape } from "./fields.js";
import { readTree } from "./loading.js";
import { kindName, type MapNode, type Node, type ScalarNode } from "./node.js";
import { quoted } from "./path-text.js";
import { ending, projectPath } from "./project-path.js";
import { objectOf, readCode, refers, wrongType } from "./values.js";

export type Component = { readonly entry: ComponentEntry; readonly fields: Fields };

const synonyms: Readonly<Record<string, string>> = {
  type: "class",
  kind: "class",
  uses: "class",
  params: "config",
  parameters: "config",
  settings: "config",
  with: "config",
  configuration: "config",
};

/** Texts of a config that are code: what comes from the environment must not reach them. */
const codeKeys = ["condition", "expression", "transform_function", "function", "until"];

/** The shape of a map that holds a component and `others`. */
export function componentShape(
  what: string,
  others: readonly string[] = [],
  otherSynonyms: Shape["synonyms"] = {},
): Shape {
  return makeShape(what, ["class", "config", "description", ...others], ["class"], { ...synonyms, ...otherSynonyms });
}

/** Reads `class` + `config` and leaves the map's other known keys to the caller. Undefined: it is no map. */
export function readComponent(at: At, shape: Shape): Component | undefined {
  const fields = readFields(at, shape);
  if (fields === undefined) return undefined;
  const config = isWorkflowClass(classOf(fields)) ? {} : readConfig(fields);
  const entry = { className: className(fields), config, path: at.path, configPath: [...at.path, "config"] };
  return { entry, fields };
}

/** `Workflow`, `ChatWorkflow`, `nanobrain.core.workflow.Workflow`, ...: its config is a document. */
export function isWorkflowClass(className: string): boolean {
  return /(?:^|\.)[A-Za-z0-9_]*Workflow$/.test(className) && !/[/#\\:]/.test(className);
}

/** The class as written, without complaint; "" if it is no text. */
export function classOf(fields: Fields): string {
  const node = fields.get("class")?.node;
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : "";
}

function className(fields: Fields): string {
  const at = fields.get("class");
  return at === undefined ? "" : (readCode(at) ?? "");
}

function readConfig(fields: Fields): JsonObject {
  const at = fields.get("config");
  if (at === undefined) return {};
  const content = typeof scalarValue(at.node) === "string" ? includeFile(at) : at.node;
  if (content === undefined) return {};
  if (content.kind !== "map") return reportNoMap(at, content);
  refuseReferencesInCode(at, content);
  includeNested({ ...at, node: content }, content === at.node ? [] : [content.source.file]);
  return objectOf(at);
}

function reportNoMap(at: At, content: Node): JsonObject {
  if (content === at.node) wrongType(at, "a map, or the path of a YAML file that holds one");
  else complain(at, "E_TYPE", `${quoted(content.source.file)} holds ${kindName(content)}: a map is expected`);
  return {};
}

function refuseReferencesInCode(at: At, config: MapNode): void {
  for (const key of codeKeys) {
    const node = config.entries.get(key)?.value;
    if (node !== undefined && refers(node)) readCode(below(at, key, node));
  }
}

/** Wherever a config holds a map with `class` and the path of a config, that file is loaded too. */
function includeNested(at: At, including: readonly string[]): void {
  const { node } = at;
  if (node.kind === "list") {
    for (const [i, item] of node.items.entries())
      if (item.kind !== "scalar") includeNested(below(at, i, item), including);
  }
  if (node.kind !== "map") return;
  const reference = nestedReference(node);
  for (const [key, { value }] of node.entries) {
    if (value === reference) includeReferenced(below(at, key, value), including);
    else if (value.kind !== "scalar") includeNested(below(at, key, value), including);
  }
}

function nestedReference(map: MapNode): ScalarNode | undefined {
  const config = map.entries.get("config")?.value;
  const named = map.entries.get("class")?.value;
  if (config?.kind !== "scalar" || typeof config.value !== "string" || named?.kind !== "scalar") return undefined;
  return typeof named.value === "string" && [".yml", ".yaml"].includes(ending(config.value)) ? config : undefined;
}

function includeReferenced(at: At, including: readonly string[]): void {
  const content = includeFile(at, including);
  if (content === undefined) return;
  if (content.kind === "map") includeNested({ ...at, node: content }, [...including, content.source.file]);
  else reportNoMap(at, content);
}

/** The tree of the file that a text names, entered into the places. Undefined: reported. */
export function includeFile(at: At, including: readonly string[] = []): Node | undefined {
  const written = scalarValue(at.node);
  if (typeof written !== "string" || at.node.kind !== "scalar") return undefined;
  const resolved = projectPath(at.node.source.file, written);
  if ("problem" in resolved) return refusePath(at, resolved.problem);
  const way = [...(including.length === 0 ? [at.node.source.file] : including), resolved.path];
  if (including.includes(resolved.path) || resolved.path === at.node.source.file) {
    complain(at, "E_INCLUDE_CYCLE", `Files contain each other: ${way.join(" -> ")}`);
    return undefined;
  }
  if (way.length > budgets.inclusion) {
    complain(at, "E_LIMIT", `More than ${budgets.inclusion} files name each other in turn`);
    return undefined;
  }
  const content = readTree(at.reading.loading, resolved.path, referenceAt(at, resolved.path));
  if (content === undefined) return undefined;
  at.reading.places.include(at.node, content);
  resolveEnvironment(at.reading.loading, content, []);
  return content;
}

export function refusePath(at: At, problem: string): undefined {
  complain(at, "E_PATH", `Path ${foundText(at.node)} ${problem}`, {
    hint: "write a path relative to this file, inside the project folder",
  });
  return undefined;
}

function scalarValue(node: Node): unknown {
  return node.kind === "scalar" ? node.value : undefined;
}
