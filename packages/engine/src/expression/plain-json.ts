import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";

export const MAX_RESULT_NODES = 5_000_000;
const MAX_RESULT_DEPTH = 512;

/**
 * An expression's result as plain JSON: no marks of the library on lists; what is not there, and functions inside, left
 * out; so are keys named `__proto__`. Throws E_TRANSFORM for a function or an infinite number, E_TRANSFORM_LIMIT for
 * a result that shares parts so often that written out it has no end.
 */
export function plainJson(value: unknown): Json | undefined {
  if (isFunction(value)) throw nanobrainError("E_TRANSFORM", { what: "it gives a function, a value is expected" });
  return copy(value, 0, { nodes: 0 });
}

function isFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && ("_jsonata_lambda" in value || "_jsonata_function" in value);
}

function copy(value: unknown, depth: number, count: { nodes: number }): Json | undefined {
  count.nodes++;
  if (count.nodes > MAX_RESULT_NODES) throw tooLarge(`has more than ${MAX_RESULT_NODES} parts`);
  if (depth > MAX_RESULT_DEPTH) throw tooLarge(`is nested deeper than ${MAX_RESULT_DEPTH} levels`);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return finite(value);
  if (typeof value !== "object" || isFunction(value)) return undefined;
  if (Array.isArray(value)) return copyList(value, depth, count);
  const kept: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) {
    const inner = key === "__proto__" ? undefined : copy(item, depth + 1, count);
    if (inner !== undefined) kept[key] = inner;
  }
  return kept;
}

function copyList(items: readonly unknown[], depth: number, count: { nodes: number }): Json {
  const kept: Json[] = [];
  for (const item of items) {
    const inner = copy(item, depth + 1, count);
    if (inner !== undefined) kept.push(inner);
  }
  return kept;
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw nanobrainError("E_TRANSFORM", { what: `it gives ${value}, which is no number of JSON` });
}

function tooLarge(what: string): Error {
  return nanobrainError("E_TRANSFORM_LIMIT", { what: `its result ${what}` });
}
