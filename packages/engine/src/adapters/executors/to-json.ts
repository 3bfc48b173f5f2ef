import type { Json } from "../../contracts/json.js";
import { boundedText } from "../../errors/thrown-text.js";
import type { SecretMask } from "../../values/secret-mask.js";

/**
 * What a step may return, checked and copied in one walk, so that what is journaled is what was checked. I1. The copy
 * is equal to `JSON.parse(JSON.stringify(copy))`. I2. Nothing of the value is called besides getters and proxy traps.
 * As in JSON: members that are undefined are dropped, symbol and hidden keys are ignored, a valid Date becomes its ISO
 * text, -0 becomes 0. Unlike JSON nothing else is converted: NaN, BigInt, functions, undefined in a list, Map, Set,
 * bytes, class instances, half surrogate pairs and `__proto__` keys are refused with the path.
 */
export type ToJsonResult =
  | { readonly ok: true; readonly value: Json; readonly bytes: number }
  | { readonly ok: false; readonly path: string; readonly what: string };

export type JsonLimits = {
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Objects and lists in one value; an object that is reached twice counts twice. */
  readonly maxContainers: number;
  /** Takes secrets out of texts, keys and numbers. */
  readonly mask?: SecretMask;
};

export const jsonLimits: JsonLimits = { maxBytes: 64 * 1024 * 1024, maxDepth: 256, maxContainers: 2_000_000 };

/** `bytes` is the length of the value's compact JSON in UTF-8. `path` reads like `rows[3].name`; empty: the value itself. */
export function toJson(value: unknown, limits: JsonLimits = jsonLimits): ToJsonResult {
  const walk: Walk = { limits, keys: [], parents: [], bytes: 0, containers: 0 };
  try {
    return { ok: true, value: copied(walk, value, 0), bytes: walk.bytes };
  } catch (error) {
    const what = error instanceof Refusal ? error.message : `reading it throws (${thrownMessage(error)})`;
    return { ok: false, path: pathText(walk.keys), what };
  }
}

class Refusal extends Error {}

type Walk = {
  readonly limits: JsonLimits;
  /** Keys from the value to where the walk is. */
  readonly keys: (string | number)[];
  readonly parents: object[];
  bytes: number;
  containers: number;
};

function copied(walk: Walk, value: unknown, depth: number): Json {
  switch (typeof value) {
    case "string":
      return text(walk, value);
    case "number":
      return walk.limits.mask?.hides(value) === true ? text(walk, "***") : number(walk, value);
    case "boolean":
      count(walk, value ? 4 : 5);
      return value;
    case "object":
      if (value !== null) return Array.isArray(value) ? list(walk, value, depth) : object(walk, value, depth);
      count(walk, 4);
      return null;
    default:
      return refuse(refused[typeof value] ?? `a ${typeof value} is no JSON`);
  }
}

const refused: { readonly [type: string]: string } = {
  bigint: "a BigInt is no JSON: return String(value), or Number(value) where it fits",
  function: "a function is no JSON",
  symbol: "a symbol is no JSON",
  undefined: "undefined is no JSON: return null, or leave the key out",
};

function refuse(what: string): never {
  throw new Refusal(what);
}

function count(walk: Walk, bytes: number): void {
  walk.bytes += bytes;
  if (walk.bytes > walk.limits.maxBytes) {
    refuse(`the value is bigger than ${walk.limits.maxBytes} bytes: keep it as a file with context.keep`);
  }
}

function number(walk: Walk, value: number): number {
  if (!Number.isFinite(value)) refuse(`${value} is no JSON: return null or a text`);
  count(walk, Number.isInteger(value) && value >= 0 && value < 10 ? 1 : String(value).length);
  return value === 0 ? 0 : value;
}

function text(walk: Walk, value: string): string {
  const kept = walk.limits.mask === undefined ? value : walk.limits.mask(value);
  count(walk, textBytes(kept));
  return kept;
}

function textBytes(value: string): number {
  // Printable ASCII without quote and backslash: one byte each.
  if (/^[ !#-[\]-~]*$/.test(value)) return value.length + 2;
  if (/\p{Surrogate}/u.test(value)) refuse("the text holds half a surrogate pair: use value.toWellFormed()");
  return Buffer.byteLength(JSON.stringify(value));
}

function list(walk: Walk, value: readonly unknown[], depth: number): Json[] {
  enter(walk, value, depth);
  const length = value.length;
  count(walk, length === 0 ? 2 : length + 1);
  const copy: Json[] = [];
  for (let index = 0; index < length; index++) {
    walk.keys[depth] = index;
    copy.push(copied(walk, value[index], depth + 1));
  }
  leave(walk, depth);
  return copy;
}

function object(walk: Walk, value: object, depth: number): Json {
  if (!isPlain(value)) return instance(walk, value);
  enter(walk, value, depth);
  const copy: { [key: string]: Json } = {};
  let members = 0;
  for (const key of Object.keys(value)) {
    walk.keys[depth] = key;
    if (key === "__proto__") refuse("the key __proto__ is not allowed");
    const member = (value as { readonly [key: string]: unknown })[key];
    if (member === undefined) continue;
    const kept = walk.limits.mask === undefined ? key : maskedKey(walk.limits.mask(key), copy);
    count(walk, textBytes(kept) + (members === 0 ? 1 : 2));
    members += 1;
    copy[kept] = copied(walk, member, depth + 1);
  }
  leave(walk, depth);
  count(walk, 2);
  return copy;
}

/** Keys that differed by a secret alone stay apart. */
function maskedKey(key: string, taken: object): string {
  let kept = key;
  for (let n = 2; Object.hasOwn(taken, kept); n++) kept = `${key} (${n})`;
  return kept;
}

/** True for `{}`, also from another realm or without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "hasOwnProperty");
}

function instance(walk: Walk, value: object): Json {
  if (value instanceof Date) {
    const time = Date.prototype.getTime.call(value);
    return Number.isNaN(time) ? refuse("the Date is invalid") : text(walk, new Date(time).toISOString());
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    refuse("bytes are no JSON: keep them as a file with context.keep");
  }
  if (value instanceof Map || value instanceof Set)
    refuse("a Map or Set is no JSON: return Object.fromEntries(map) or [...set]");
  if (value instanceof Promise) refuse("a promise is no JSON: await it");
  const made = (value as { readonly constructor?: unknown }).constructor;
  const name = typeof made === "function" ? String(made.name).slice(0, 80) : "";
  return refuse(`an instance of ${name === "" ? "a class" : name} is no JSON: return a plain object`);
}

function enter(walk: Walk, value: object, depth: number): void {
  if (walk.parents.includes(value)) refuse("the value contains itself");
  if (depth >= walk.limits.maxDepth) refuse(`the value is nested deeper than ${walk.limits.maxDepth}`);
  walk.containers += 1;
  if (walk.containers > walk.limits.maxContainers) {
    refuse(
      `the value holds more than ${walk.limits.maxContainers} objects and lists: keep it as a file with context.keep`,
    );
  }
  walk.parents[depth] = value;
}

function leave(walk: Walk, depth: number): void {
  walk.keys.length = depth;
  walk.parents.length = depth;
}

function pathText(keys: readonly (string | number)[]): string {
  let path = "";
  for (const key of keys.slice(0, 20)) {
    if (typeof key === "number") path += `[${key}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) path += path === "" ? key : `.${key}`;
    else path += `[${JSON.stringify(boundedText(key, 80))}]`;
  }
  return keys.length > 20 ? `${path}...` : path;
}

function thrownMessage(error: unknown): string {
  try {
    return boundedText(String((error as { readonly message?: unknown }).message), 200);
  } catch {
    return "something unreadable";
  }
}
