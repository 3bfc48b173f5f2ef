import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";

/** The answer as a map that has the key. Throws E_SEARCH_ANSWER. */
export function objectAnswer(service: string, text: string, key: string): JsonObject {
  let what = `it has no ${key}: ${text.slice(0, 100)}`;
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      const map = value as JsonObject;
      if (map[key] !== undefined) return map;
      what = textOf(map["message"]) ?? textOf(map["errMsg"]) ?? what;
    }
  } catch {
    what = `it is no JSON: ${text.slice(0, 100)}`;
  }
  throw nanobrainError("E_SEARCH_ANSWER", { service, what });
}

/** The value along a path of keys. Undefined: there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || Array.isArray(found) || !Object.hasOwn(found, key))
      return undefined;
    found = (found as JsonObject)[key];
  }
  return found;
}

export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

/** A text or number as text. Undefined: neither, or empty. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
