import type { Json, JsonObject } from "@nanobrain/engine";

/** The value at a path such as `data.items[0].name`; undefined: there is none. `$` or nothing is the value itself. */
export function atPath(value: Json, path: string): Json | undefined {
  let at: Json | undefined = value;
  for (const [, name, index] of path.replace(/^\$\.?/, "").matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof at !== "object" || at === null) return undefined;
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(index ?? name)];
    else at = name !== undefined && Object.hasOwn(at, name) ? (at as JsonObject)[name] : undefined;
    if (at === undefined) return undefined;
  }
  return at;
}
