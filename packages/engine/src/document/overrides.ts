import type { DocumentCode } from "../errors/diagnostics.js";
import { budgets } from "./budgets.js";
import { forbiddenKeys } from "./building.js";
import type { Loading } from "./loading.js";
import { type Entry, kindName, type MapNode, makeMap, type Node, type ScalarNode } from "./node.js";
import { quoted } from "./path-text.js";
import { plainValue } from "./plain-value.js";
import { looksSecret } from "./secrets.js";
import { makeSource, type Source } from "./source.js";

/** `path=value` as given to `--set`: `["steps.read.concurrency", "4"]`. */
export type Override = readonly [path: string, value: string];

/** The tree with values set from outside, before anything is checked. Maps on the way are made where there are none. */
export function applyOverrides(loading: Loading, root: MapNode, overrides: readonly Override[]): MapNode {
  let tree = root;
  for (const [path, value] of overrides) {
    const source = makeSource("--set", `${path}=${value}`, []);
    if (path.split(".").some(looksSecret)) source.masks.push({ start: path.length + 1, end: source.text.length });
    const changed = apply(loading, tree, source, path, value);
    if (changed?.kind === "map") tree = changed;
  }
  return tree;
}

function apply(loading: Loading, root: MapNode, source: Source, path: string, value: string): Node | undefined {
  const steps = path.split(".");
  const refuse = (code: DocumentCode, message: string): undefined => {
    loading.faults.add(source, { code, span: { start: 0, end: path.length }, path: [], message });
  };
  if (steps.some((step) => step === ""))
    return refuse("E_NAME", `Cannot set ${quoted(path)}: names separated by dots are expected`);
  const forbidden = steps.find((step) => forbiddenKeys.has(step));
  if (forbidden !== undefined)
    return refuse("E_PROTO", `Cannot set ${quoted(path)}: key ${quoted(forbidden)} is not allowed`);
  if (steps.length > budgets.depth) return refuse("E_LIMIT", `Cannot set a path of more than ${budgets.depth} names`);
  const scalar = scalarOf(source, path.length + 1, value);
  if (typeof scalar === "string") return refuse("E_RANGE", `Cannot set ${quoted(path)}: the value ${scalar}`);
  return setIn(root, steps, scalar, refuse);
}

type Refuse = (code: DocumentCode, message: string) => undefined;

function setIn(node: Node, steps: readonly string[], value: ScalarNode, refuse: Refuse): Node | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (node.kind === "list") return setInList(node.items, node, step, rest, value, refuse);
  if (node.kind !== "map") return refuse("E_TYPE", `Cannot set ${quoted(step)} inside ${kindName(node)}`);
  const entry = node.entries.get(step);
  const below = entry?.value;
  const inner = below === undefined || isNothing(below) ? makeMap(value, new Map()) : below;
  const changed = rest.length === 0 ? value : setIn(inner, rest, value, refuse);
  if (changed === undefined) return undefined;
  const key = entry?.key ?? { source: value.source, start: 0, end: value.start - 1 };
  return makeMap(node, new Map<string, Entry>([...node.entries, [step, { key, value: changed }]]));
}

/** Items are named by their `name`, else by their index from 0. */
function setInList(
  items: readonly Node[],
  list: Node,
  step: string,
  rest: readonly string[],
  value: ScalarNode,
  refuse: Refuse,
): Node | undefined {
  const named = items.findIndex((item) => item.kind === "map" && isText(item.entries.get("name")?.value, step));
  const index = named === -1 && /^\d{1,9}$/.test(step) ? Number(step) : named;
  const item = items[index];
  if (item === undefined) return refuse("E_RANGE", `Cannot set ${quoted(step)}: the list has no such item`);
  const changed = rest.length === 0 ? value : setIn(item, rest, value, refuse);
  return changed === undefined ? undefined : { ...list, kind: "list", items: items.with(index, changed) };
}

function scalarOf(source: Source, start: number, written: string): ScalarNode | string {
  const quotedText = /^"([^"\\]*)"$|^'([^']*)'$/.exec(written);
  const text = quotedText?.[1] ?? quotedText?.[2] ?? written;
  const meant = quotedText === null ? plainValue(text.trim()) : { value: text };
  if ("problem" in meant) return meant.problem;
  const value = typeof meant.value === "string" ? text : meant.value;
  const textStart = quotedText === null ? start : start + 1;
  return { kind: "scalar", source, start, end: source.text.length, value, text, textStart, weight: 1, height: 0 };
}

function isNothing(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

function isText(node: Node | undefined, text: string): boolean {
  return node?.kind === "scalar" && node.value === text;
}
