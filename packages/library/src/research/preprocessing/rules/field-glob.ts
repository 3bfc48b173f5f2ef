import type { Json, JsonObject } from "@nanobrain/engine";

/** Names of fields, each with `*` for any characters; a dot leads into a map. Lists are gone through. */
export type FieldGlob = { readonly source: string; readonly parts: readonly ((name: string) => boolean)[] };

/** What a value becomes; `undefined` takes its field or item out. `path`: as `authors[2].family`. */
export type Change = (value: Json, path: () => string) => Json | undefined;

/** Values nested deeper are left as they are. */
const maxDepth = 64;

export function fieldGlob(source: string): FieldGlob {
  return { source, parts: source.split(".").map(namePattern) };
}

/** Matches from the left, greedily, part by part: no pattern can take for ever. */
function namePattern(pattern: string): (name: string) => boolean {
  const pieces = pattern.split("*");
  const [start = "", ...rest] = pieces;
  const end = rest.pop();
  if (end === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(start) || !name.endsWith(end) || name.length < start.length + end.length) return false;
    let at = start.length;
    for (const piece of rest) {
      const found = name.indexOf(piece, at);
      if (found === -1 || found + piece.length > name.length - end.length) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/**
 * The record with `change` made to the plain values that the globs lead to: a map or list at their end is gone through whole.
 * The same record if nothing changed.
 */
export function changeFields(record: JsonObject, globs: readonly FieldGlob[], change: Change): JsonObject {
  return mapOf(record, (name, value) => {
    for (const glob of globs) {
      if (glob.source === name) return within(value, [], 0, change, () => name);
      const [first, ...rest] = glob.parts;
      if (first?.(name) === true) {
        const after = within(value, rest, 0, change, () => name);
        if (after !== value) return after;
      }
    }
    return value;
  });
}

/** The map with its values made anew; the same map if none changed. */
export function mapOf(map: JsonObject, change: (name: string, value: Json) => Json | undefined): JsonObject {
  let changed: { [name: string]: Json | undefined } | undefined;
  let isShorter = false;
  for (const name of Object.keys(map)) {
    const before = map[name] as Json;
    const after = change(name, before);
    if (after === before) continue;
    changed ??= { ...map };
    isShorter ||= after === undefined;
    if (name === "__proto__") Object.defineProperty(changed, name, { ...ownProperty, value: after });
    else changed[name] = after;
  }
  if (changed === undefined) return map;
  return (
    isShorter ? Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) : changed
  ) as JsonObject;
}

const ownProperty = { enumerable: true, writable: true, configurable: true } as const;

function within(
  value: Json,
  parts: FieldGlob["parts"],
  depth: number,
  change: Change,
  path: () => string,
): Json | undefined {
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return listOf(value as readonly Json[], parts, depth, change, path);
  if (typeof value === "object" && value !== null) {
    const [first, ...rest] = parts;
    return mapOf(value as JsonObject, (name, inner) =>
      first === undefined || first(name) ? within(inner, rest, depth + 1, change, () => `${path()}.${name}`) : inner,
    );
  }
  return parts.length === 0 ? change(value, path) : value;
}

function listOf(
  list: readonly Json[],
  parts: FieldGlob["parts"],
  depth: number,
  change: Change,
  path: () => string,
): Json {
  let isChanged = false;
  const after = list.flatMap((item, at) => {
    const made = within(item, parts, depth + 1, change, () => `${path()}[${at}]`);
    isChanged ||= made !== item;
    if (made === undefined) return [];
    // A plain item that became a list: its parts are items.
    return Array.isArray(made) && !Array.isArray(item) ? (made as readonly Json[]) : [made];
  });
  return (isChanged ? after : list) as Json;
}

/** Whether a value says something: not null, no empty text, list or map. */
export function isFilled(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** A record's own field: what objects inherit is none. */
export function fieldOf(record: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
