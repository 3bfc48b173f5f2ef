import type { Json, JsonObject } from "../contracts/json.js";

/** What is known of a value before it is there. */
export type Kind = "bool" | "number" | "string" | "list" | "map" | "null" | "any";

/** What one evaluation works on. `stepsLeft` falls with each round of a macro and with the size of what functions walk. */
export type Scope = { readonly value: Json; readonly locals: Json[]; stepsLeft: number };

/** Why there is no value: a field that is not there, an operation that cannot be done, or too much work. */
export class Fault {
  readonly cause: "missing" | "failed" | "limit";
  readonly text: string;

  constructor(cause: "missing" | "failed" | "limit", text: string) {
    this.cause = cause;
    this.text = text;
  }
}

export const MAX_STEPS = 1_000_000;
export const MAX_TEXT_CHARACTERS = 1_000_000;

/** Names that reach for an object's machinery; no value's field of that name can be read. */
const FORBIDDEN = new Set([
  "__proto__",
  "prototype",
  "constructor",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
]);

export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name);
}

/** Takes `steps` from the budget. A fault: nothing is left. */
export function spend(scope: Scope, steps: number): Fault | undefined {
  scope.stepsLeft -= steps;
  return scope.stepsLeft < 0 ? new Fault("limit", `it takes more than ${MAX_STEPS} steps`) : undefined;
}

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own field, never an inherited one. Undefined: not there. */
export function fieldOf(value: Json, name: string): Json | undefined {
  if (!isMap(value) || FORBIDDEN.has(name) || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

export function kindOf(value: Json): Exclude<Kind, "any"> {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "number";
    case "string":
      return "string";
    default:
      return "map";
  }
}

const WORDS: { readonly [kind in Kind]: string } = {
  bool: "true or false",
  number: "a number",
  string: "text",
  list: "a list",
  map: "a map",
  null: "null",
  any: "a value",
};

export function kindWords(kind: Kind): string {
  return WORDS[kind];
}

/** Equal by content: 1 equals 1.0, values of different kinds are unequal, maps in any order. */
export function sameValue(left: Json, right: Json, scope: Scope): boolean | Fault {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (isList(left)) return isList(right) ? sameList(left, right, scope) : false;
  return isMap(left) && isMap(right) ? sameMap(left, right, scope) : false;
}

function sameList(left: readonly Json[], right: readonly Json[], scope: Scope): boolean | Fault {
  if (left.length !== right.length) return false;
  const over = spend(scope, left.length);
  if (over !== undefined) return over;
  for (let i = 0; i < left.length; i++) {
    const same = sameValue(left[i] ?? null, right[i] ?? null, scope);
    if (same !== true) return same;
  }
  return true;
}

function sameMap(left: JsonObject, right: JsonObject, scope: Scope): boolean | Fault {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  const over = spend(scope, keys.length);
  if (over !== undefined) return over;
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false;
    const same = sameValue(left[key] ?? null, right[key] ?? null, scope);
    if (same !== true) return same;
  }
  return true;
}
