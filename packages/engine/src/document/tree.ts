import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type Node as YamlNode } from "yaml";
import { budgets } from "./budgets.js";
import { type Building, forbiddenKeys, report, spend } from "./building.js";
import { invisibleCharacter, lookAlike, type OddCharacter } from "./characters.js";
import type { Fault } from "./faults.js";
import { mergeInto } from "./merge-key.js";
import { type Entry, faultyScalar, type Key, type MapNode, makeMap, type Node } from "./node.js";
import { quoted } from "./path-text.js";
import { plainValue } from "./plain-value.js";
import { isReference, looksSecret } from "./secrets.js";
import { lineIndexOf, type Source, type Span } from "./source.js";

export type Tree = { readonly root: Node; readonly faults: readonly Fault[]; readonly stopped: boolean };

/** Turns the parser's nodes into ours: aliases and merge keys followed, keys checked, numbers kept exact. */
export function buildTree(source: Source, contents: YamlNode | null): Tree {
  const building: Building = { source, faults: [], anchors: new Map(), path: [], nodes: 0, stopped: false };
  const root = build(building, contents, 1, { source, start: 0, end: 0 });
  return { root, faults: building.faults, stopped: building.stopped };
}

/** False where a node of this height would go deeper than allowed. */
function fits(building: Building, level: number, height: number, at: Span): boolean {
  if (level - 1 + height <= budgets.depth) return true;
  if (!building.stopped) report(building, "E_LIMIT", at, `File has more than ${budgets.depth} levels of nesting`);
  building.stopped = true;
  return false;
}

/** `above` is the place of a value that is not there: its key, or its list. */
function build(building: Building, node: YamlNode | null, level: number, above: Key): Node {
  if (node === null) return nothing(above);
  const at = keyOf(building.source, node);
  if (isAlias(node)) return follow(building, node.source, at, level);
  if (!spend(building, 1, at)) return faultyScalar(at);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) building.anchors.set(anchor, "open");
  const built = isScalar(node) ? scalarOf(building, node, at) : collectionOf(building, node, at, level);
  if (anchor !== undefined) building.anchors.set(anchor, built);
  return built;
}

function collectionOf(building: Building, node: YamlNode, at: Key, level: number): Node {
  if (!fits(building, level, 1, at)) return faultyScalar(at);
  if (isMap(node)) return mapOf(building, node, at, level);
  return isSeq(node) ? listOf(building, node.items as (YamlNode | null)[], at, level) : faultyScalar(at);
}

function listOf(building: Building, items: readonly (YamlNode | null)[], at: Key, level: number): Node {
  const built: Node[] = [];
  let weight = 1;
  let height = 1;
  for (const [index, item] of items.entries()) {
    if (building.stopped) break;
    building.path.push(index);
    const node = build(building, item, level + 1, at);
    building.path.pop();
    built.push(node);
    weight += node.weight;
    height = Math.max(height, node.height + 1);
  }
  return { kind: "list", ...at, items: built, weight, height };
}

function mapOf(building: Building, map: YAMLMap, at: Key, level: number): MapNode {
  const entries = new Map<string, Entry>();
  const merged = new Set<string>();
  let merge: Key | undefined;
  for (const pair of map.items as Pair<YamlNode | null, YamlNode | null>[]) {
    if (building.stopped) break;
    const key = keyOf(building.source, pair.key);
    const name = keyName(building, pair.key, key);
    if (name === undefined) continue;
    building.path.push(name);
    const value = build(building, pair.value, level + 1, key);
    const isMerge = name === "<<" && isPlain(pair.key);
    if (isMerge && merge === undefined) mergeInto(building, entries, merged, value, key);
    else if (isMerge) duplicate(building, name, key, merge ?? key);
    else if (entries.has(name) && !merged.has(name)) duplicate(building, name, key, entries.get(name)!.key);
    else keep(building, entries, merged, name, { key, value });
    if (isMerge) merge ??= key;
    building.path.pop();
  }
  return makeMap(at, entries);
}

function keep(building: Building, entries: Map<string, Entry>, merged: Set<string>, name: string, entry: Entry): void {
  merged.delete(name);
  if (forbiddenKeys.has(name)) {
    report(building, "E_PROTO", entry.key, `Key ${quoted(name)} is not allowed`, "rename it");
    return;
  }
  entries.set(name, entry);
  if (looksSecret(name)) mask(entry.value);
}

function duplicate(building: Building, name: string, key: Key, first: Key): void {
  const line = lineIndexOf(first.source, first.start) + 1;
  report(
    building,
    "E_DUP_KEY",
    key,
    `Key ${quoted(name)} is written twice; first on line ${line}`,
    "remove or rename one of the two",
  );
}

/** Keys are text; plain numbers and words count as written. */
function keyName(building: Building, node: YamlNode | null, at: Key): string | undefined {
  if (!isScalar(node)) {
    const what = isAlias(node) ? "an alias" : isMap(node) ? "a map" : node === null ? "empty" : "a list";
    report(building, "E_TYPE", at, `Key is ${what}, text is expected`, "write a plain word");
    return undefined;
  }
  const name = String(node.source ?? "");
  if (name === "" && isPlain(node)) {
    report(building, "E_TYPE", at, "Key is empty, text is expected", "write the key before its colon");
    return undefined;
  }
  const odd = invisibleCharacter(name) ?? lookAlike(name, "in words");
  if (odd !== undefined) reportOddKey(building, name, odd, isPlain(node) ? at.start : at.start + 1);
  return name;
}

function reportOddKey(building: Building, name: string, odd: OddCharacter, nameStart: number): void {
  const exact = building.source.text.startsWith(name, nameStart);
  const start = exact ? nameStart + odd.index : nameStart;
  const message = `Key ${quoted(name)} holds ${odd.description}`;
  building.path.push(name);
  report(building, "E_ENCODING", { start, end: start + odd.length }, message, "type the key anew");
  building.path.pop();
}

function follow(building: Building, name: string, at: Key, level: number): Node {
  const target = building.anchors.get(name);
  if (target !== undefined && target !== "open") {
    const fine = spend(building, target.weight, at) && fits(building, level, target.height, at);
    return fine ? target : faultyScalar(at);
  }
  const shown = quoted(`*${name}`);
  const message =
    target === "open" ? `Alias ${shown} stands inside its own anchor` : `Alias ${shown} has no anchor before it`;
  report(
    building,
    "E_ALIAS",
    at,
    message,
    target === "open" ? "name a value that is complete" : "quote a text that starts with *",
  );
  return faultyScalar(at);
}

function scalarOf(building: Building, node: Scalar, at: Key): Node {
  // A tag was reported already; without it the value means something else.
  if (node.tag !== undefined) return faultyScalar(at);
  const text = String(node.source ?? "");
  const plain = isPlain(node);
  const meant = plain ? plainValue(text) : { value: text };
  if ("problem" in meant) {
    const shown = building.path.some((key) => typeof key === "string" && looksSecret(key))
      ? "Number"
      : text.slice(0, 40);
    report(building, "E_RANGE", at, `${shown} ${meant.problem}`, "quote it to keep it as text");
    return faultyScalar(at);
  }
  const start = plain ? at.start : at.start + 1;
  const exact =
    node.type?.startsWith("BLOCK") !== true &&
    building.source.text.startsWith(text, start) &&
    (plain || at.end === start + text.length + 1);
  const literal = node.type === "BLOCK_LITERAL";
  return {
    kind: "scalar",
    ...at,
    value: meant.value,
    text,
    weight: 1,
    height: 0,
    ...(exact ? { textStart: start } : {}),
    ...(literal ? { literal } : {}),
  };
}

function isPlain(node: YamlNode | null): boolean {
  return isScalar(node) && node.type === "PLAIN";
}

function keyOf(source: Source, node: YamlNode | null): Key {
  const [start, end] = node?.range ?? [0, 0];
  return { source, start, end };
}

function nothing({ source, end }: Key): Node {
  return { kind: "scalar", source, start: end, end, value: null, text: "", weight: 1, height: 0 };
}

/** Hides every scalar below a secret-looking key from code frames. */
function mask(node: Node): void {
  if (node.kind === "map") for (const entry of node.entries.values()) mask(entry.value);
  else if (node.kind === "list") for (const item of node.items) mask(item);
  else if (
    node.masked !== true &&
    node.end > node.start &&
    node.value !== null &&
    typeof node.value !== "boolean" &&
    !isReference(node.text)
  ) {
    node.masked = true;
    node.source.masks.push({ start: node.start, end: node.end });
  }
}
