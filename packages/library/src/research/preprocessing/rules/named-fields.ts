import type { Json, JsonObject } from "@nanobrain/engine";
import { type FieldGlob, mapOf } from "./field-glob.js";
import { isMap } from "./rule-options.js";

/** Told of what is taken out: its path, and what it was. */
type Note = (path: string, value: Json) => void;
/** What is left of a glob on its way down; `source` counts at the top only, as a name with dots in it. */
type Way = Pick<FieldGlob, "parts"> & { readonly source?: string };

/** Deeper fields are left as they are. */
const maxDepth = 64;

/** The record without the fields that the globs lead to and `isTaken` says so of; lists on the way are gone through. */
export function dropNamed(
  record: JsonObject,
  globs: readonly Way[],
  isTaken: (value: Json) => boolean,
  note: Note,
  above = "",
  depth = 0,
): JsonObject {
  return mapOf(record, (name, value) => {
    const path = above + name;
    const { isEnd, below } = along(globs, name);
    if (isEnd && isTaken(value)) {
      note(path, value);
      return undefined;
    }
    return below.length === 0 || depth === maxDepth
      ? value
      : inside(value, (map, at) => dropNamed(map, below, isTaken, note, `${path}${at}.`, depth + 1));
  });
}

/** The record with only the fields that the globs lead to, and what leads there. */
export function keepNamed(record: JsonObject, globs: readonly Way[], note: Note, above = "", depth = 0): JsonObject {
  return mapOf(record, (name, value) => {
    const path = above + name;
    const { isEnd, below } = along(globs, name);
    if (isEnd || depth === maxDepth) return value;
    if (below.length > 0 && typeof value === "object" && value !== null)
      return inside(value, (map, at) => keepNamed(map, below, note, `${path}${at}.`, depth + 1));
    note(path, value);
    return undefined;
  });
}

function along(globs: readonly Way[], name: string): { readonly isEnd: boolean; readonly below: readonly Way[] } {
  const met = globs.filter(({ parts: [first] }) => first?.(name) === true);
  const isEnd = globs.some(({ source }) => source === name) || met.some(({ parts }) => parts.length === 1);
  return { isEnd, below: met.flatMap(({ parts: [, ...rest] }) => (rest.length === 0 ? [] : [{ parts: rest }])) };
}

/** A map made anew, or the maps of a list; plain values as they are. */
function inside(value: Json, change: (map: JsonObject, at: string) => JsonObject): Json {
  if (isMap(value)) return change(value, "");
  if (!Array.isArray(value)) return value;
  const after = (value as readonly Json[]).map((item, at) => (isMap(item) ? change(item, `[${at}]`) : item));
  return after.some((item, at) => item !== (value as readonly Json[])[at]) ? after : value;
}
