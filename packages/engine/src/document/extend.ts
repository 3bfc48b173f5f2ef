import { type At, complain, type Reading, referenceAt } from "./at.js";
import { budgets } from "./budgets.js";
import { refusePath } from "./component.js";
import type { Path } from "./document.js";
import { type Loading, readTree } from "./loading.js";
import { type Entry, kindName, type MapNode, makeMap, type Node } from "./node.js";
import { quoted } from "./path-text.js";
import { TreePlaces } from "./places.js";
import { projectPath } from "./project-path.js";
import { readSource } from "./read-source.js";
import { makeSource } from "./source.js";
import { wrongType } from "./values.js";

/**
 * A document with all it extends: maps merge key by key, everything else of the extending file replaces what the base says.
 * The base's keys come first, in the base's order.
 */
export function extendTree(loading: Loading, root: MapNode, prefix: Path, way: readonly string[]): MapNode {
  const named = root.entries.get("extends")?.value;
  if (named === undefined || (named.kind === "scalar" && named.value === null)) return root;
  const at: At = { reading: bareReading(loading, root, prefix), node: named, path: ["extends"] };
  if (named.kind !== "scalar" || typeof named.value !== "string") {
    wrongType(at, "the path of a YAML file");
    return root;
  }
  const base = readBase(at, named.value, way);
  return base === undefined ? root : merged(base, root);
}

/** What is needed to report about a tree that is not a document yet. */
export function bareReading(loading: Loading, root: MapNode, prefix: Path): Reading {
  const file = root.source.file;
  return { loading, places: new TreePlaces(root, prefix), file, prefix, nest: [file], module: undefined };
}

function readBase(at: At, written: string, way: readonly string[]): MapNode | undefined {
  const { loading } = at.reading;
  if (written.includes("${")) {
    complain(at, "E_ENV", "extends holds a reference, which is not replaced there", { hint: "write the path out" });
    return undefined;
  }
  const resolved = projectPath(at.node.source.file, written);
  if ("problem" in resolved) return refusePath(at, resolved.problem);
  const longer = [...way, resolved.path];
  if (way.includes(resolved.path)) {
    complain(at, "E_INCLUDE_CYCLE", `Files extend each other: ${longer.join(" -> ")}`, {
      hint: "move what both need into a third file",
    });
    return undefined;
  }
  if (longer.length > budgets.inclusion) {
    complain(at, "E_LIMIT", `More than ${budgets.inclusion} files extend each other in turn`);
    return undefined;
  }
  const tree = readTree(loading, resolved.path, referenceAt(at, resolved.path));
  if (tree === undefined) return undefined;
  if (tree.kind === "map") return extendTree(loading, tree, [], longer);
  complain(at, "E_TYPE", `${quoted(resolved.path)} holds ${kindName(tree)}: a map is expected`);
  return undefined;
}

/** The document with what its kind starts from: `class: ChatWorkflow` brings steps, units and links, which it may say otherwise. */
export function withDefaults(loading: Loading, root: MapNode, otherClass?: string): MapNode {
  const said = root.entries.get("class")?.value;
  const own = said?.kind === "scalar" && typeof said.value === "string" ? said.value : otherClass;
  const text = own === undefined ? undefined : loading.defaults(own);
  if (text === undefined) return root;
  const base = readSource(makeSource(`${own}.yml`, text, [])).root;
  return base === undefined ? root : merged(base, root);
}

function merged(base: Node, own: Node): MapNode {
  if (base.kind !== "map" || own.kind !== "map") return own as MapNode;
  const entries = new Map<string, Entry>(base.entries);
  for (const [name, entry] of own.entries) {
    const below = base.entries.get(name)?.value;
    const both = below?.kind === "map" && entry.value.kind === "map";
    entries.set(name, both ? { key: entry.key, value: merged(below, entry.value) } : entry);
  }
  return makeMap(own, entries);
}
