import type { Json } from "../contracts/json.js";

/** One thing wrong with a value. `path` is written as `rows[3].age`, empty for the value itself. */
export type SchemaProblem = { readonly path: string; readonly message: string };

/** More are not gathered. */
export const MAX_PROBLEMS = 20;

export function problemText({ path, message }: SchemaProblem): string {
  return `${path === "" ? "value" : path}: ${message}`;
}

export function stepInto(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  string: "text",
  number: "number",
  integer: "whole number",
  boolean: "true or false",
  array: "list",
  object: "object",
  null: "null",
};

export function typeWord(type: string): string {
  return TYPE_WORDS[type] ?? type;
}

export function typeOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** A value in few characters. */
export function shortly(value: Json): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 41)) : String(value);
  return text.length > 42 ? `${text.slice(0, 38)}..."` : text;
}

const MAX_NAMED = 8;

function oneOf(allowed: readonly Json[]): string {
  const named = allowed.slice(0, MAX_NAMED).map(shortly).join(", ");
  return allowed.length > MAX_NAMED ? `${named} or ${allowed.length - MAX_NAMED} more` : named;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** The messages, one per keyword, the same whoever checks. */
export const words = {
  type: (types: readonly string[], value: Json) => {
    const isFraction = types.length === 1 && types[0] === "integer" && typeof value === "number";
    return `must be ${types.map(typeWord).join(" or ")}, is ${isFraction ? shortly(value) : typeWord(typeOf(value))}`;
  },
  required: (key: string) => `lacks ${JSON.stringify(key)}`,
  unknown: (key: string) => `has ${JSON.stringify(key)}, which is not allowed`,
  never: () => "is not allowed",
  enum: (allowed: readonly Json[], value: Json) => `must be one of ${oneOf(allowed)}, is ${shortly(value)}`,
  const: (wanted: Json, value: Json) => `must be ${shortly(wanted)}, is ${shortly(value)}`,
  bound: (sign: string, limit: number, value: Json) => `must be ${sign} ${limit}, is ${shortly(value)}`,
  multiple: (of: number, value: Json) => `must be a multiple of ${of}, is ${shortly(value)}`,
  minLength: (least: number, has: number) => `must have at least ${plural(least, "character")}, has ${has}`,
  maxLength: (most: number, has: number) => `must have at most ${plural(most, "character")}, has ${has}`,
  minItems: (least: number, has: number) => `must have at least ${plural(least, "item")}, has ${has}`,
  maxItems: (most: number, has: number) => `must have at most ${plural(most, "item")}, has ${has}`,
  minProperties: (least: number, has: number) => `must have at least ${plural(least, "field")}, has ${has}`,
  maxProperties: (most: number, has: number) => `must have at most ${plural(most, "field")}, has ${has}`,
  unique: (first: number, second: number) => `must not have equal items, items ${first} and ${second} are equal`,
  format: (format: string, value: Json) => `must be ${format}, is ${shortly(value)}`,
  pattern: (pattern: string, value: Json) => `must match ${pattern}, is ${shortly(value)}`,
};

/** Text that is the same for equal values and for no others; keys are sorted. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** Places of the first two equal items, if there are any. */
export function equalItems(items: readonly Json[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [i, item] of items.entries()) {
    const text = canonical(item);
    const before = seen.get(text);
    if (before !== undefined) return [before, i];
    seen.set(text, i);
  }
  return undefined;
}

/** Length as JSON Schema counts it, in code points. */
export function lengthOf(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const high = text.charCodeAt(i);
    const low = text.charCodeAt(i + 1);
    if (high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
      count--;
      i++;
    }
  }
  return count;
}
