import { type At, complain, referenceAt } from "./at.js";
import { budgets } from "./budgets.js";
import { type Component, classOf, isWorkflowClass, refusePath } from "./component.js";
import type { WorkflowDocument } from "./document.js";
import { resolveEnvironment } from "./environment.js";
import { extendTree, withDefaults } from "./extend.js";
import { readTree } from "./loading.js";
import { kindName, type MapNode, makeMap } from "./node.js";
import { quoted } from "./path-text.js";
import { projectPath } from "./project-path.js";
import { wrongType } from "./values.js";

/** The document of a component whose class is a workflow: the file that `config` names, or the map it is. */
export function readNestedWorkflow(component: Component, name: string): WorkflowDocument | undefined {
  const { fields } = component;
  const className = classOf(fields);
  if (!isWorkflowClass(className)) return undefined;
  const config = fields.get("config");
  if (config === undefined) return withoutConfig(component, name, className);
  if (config.node.kind === "map") return readInPlace(config, config.node, name, className);
  if (config.node.kind === "scalar" && typeof config.node.value === "string")
    return readFromFile(config, config.node.value);
  return wrongType(config, "a workflow: a map, or the path of a YAML file");
}

/** Kinds of workflow bring steps of their own; a plain one needs a document. */
function withoutConfig({ fields }: Component, name: string, className: string): WorkflowDocument | undefined {
  const named = fields.get("class");
  if (!isPlainWorkflow(className) && named !== undefined) {
    const path = [...fields.at.path, "config"];
    return readInPlace({ ...named, path }, makeMap(named.node, new Map()), name, className);
  }
  const config = fields.raw("config")?.node;
  if (config?.kind === "scalar" && config.faulty === true) return undefined;
  complain(fields.at, "E_MISSING", "A nested workflow has no config", {
    part: "key",
    hint: "add config: the path of its document",
  });
  return undefined;
}

export function isPlainWorkflow(className: string): boolean {
  return className === "Workflow" || className.endsWith(".Workflow");
}

function readInPlace(at: At, map: MapNode, name: string, className: string): WorkflowDocument | undefined {
  const { loading, file, nest, module } = at.reading;
  const prefix = [...at.reading.prefix, ...at.path];
  const root = withDefaults(loading, extendTree(loading, map, prefix, [file]), className);
  if (root !== map) resolveEnvironment(loading, root, prefix);
  return loading.readWorkflow(loading, { root, file, prefix, nest, inherited: { name, className, module } });
}

function readFromFile(at: At, written: string): WorkflowDocument | undefined {
  const { loading, nest } = at.reading;
  const resolved = projectPath(at.node.source.file, written);
  if ("problem" in resolved) return refusePath(at, resolved.problem);
  const file = resolved.path;
  if (nest.includes(file)) {
    const way = [...nest.slice(nest.indexOf(file)), file];
    complain(at, "E_NEST_CYCLE", `Workflows contain each other: ${way.join(" -> ")}`, {
      hint: "remove one, or use repeat",
    });
    return undefined;
  }
  if (nest.length >= budgets.nesting) {
    complain(at, "E_LIMIT", `More than ${budgets.nesting} workflows stand inside each other`);
    return undefined;
  }
  const known = loading.documents.get(file);
  if (known !== undefined) return known ?? undefined;
  const document = readNewFile(at, file);
  loading.documents.set(file, document ?? null);
  return document;
}

function readNewFile(at: At, file: string): WorkflowDocument | undefined {
  const { loading, nest } = at.reading;
  const tree = readTree(loading, file, referenceAt(at, file));
  if (tree === undefined) return undefined;
  if (tree.kind !== "map") {
    complain(at, "E_TYPE", `${quoted(file)} holds ${kindName(tree)}: a workflow (a map) is expected`);
    return undefined;
  }
  const root = withDefaults(loading, extendTree(loading, tree, [], [file]));
  resolveEnvironment(loading, root, []);
  return loading.readWorkflow(loading, { root, file, prefix: [], nest: [...nest, file] });
}
