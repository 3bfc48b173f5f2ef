import type { Json, JsonObject } from "@nanobrain/engine";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path of own fields and positions; a field whose own name has dots goes first. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (value === undefined || value === null || typeof value !== "object") return undefined;
  if (Object.hasOwn(value, path)) return (value as JsonObject)[path];
  const dot = path.indexOf(".");
  if (dot < 0) return undefined;
  const field = path.slice(0, dot);
  return Object.hasOwn(value, field) ? valueAt((value as JsonObject)[field], path.slice(dot + 1)) : undefined;
}

/** Text as it is, numbers as text; undefined for all else and for what is blank. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" ? undefined : text;
}

/** A list of texts from a list, or from one text. */
export function textsOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => textOf(one) ?? []);
  return textOf(value) === undefined ? [] : [textOf(value) ?? ""];
}

/** The objects among a list. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}
