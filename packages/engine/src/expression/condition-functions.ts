import type { Json } from "../contracts/json.js";
import { Fault, isList, isMap, type Kind, kindOf, kindWords, type Scope, sameValue, spend } from "./condition-value.js";

/** A function of conditions. As a method its receiver is the first argument. */
export type ConditionFunction = {
  readonly arity: number;
  /** How it may be written. */
  readonly form: "function" | "method" | "both";
  /** Kinds the first argument may have. */
  readonly takes: readonly Kind[];
  readonly result: Kind;
  apply(first: Json, second: Json, scope: Scope): Json | Fault;
};

const failed = (text: string): Fault => new Fault("failed", text);

function wrongKind(name: string, value: Json): Fault {
  return failed(`${name} cannot be done on ${kindWords(kindOf(value))}`);
}

function size(value: Json, _second: Json, scope: Scope): Json | Fault {
  if (typeof value === "string") return spend(scope, value.length / 64) ?? codePoints(value);
  if (isList(value)) return value.length;
  if (!isMap(value)) return wrongKind("size()", value);
  const count = Object.keys(value).length;
  return spend(scope, count / 8) ?? count;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function contains(value: Json, part: Json, scope: Scope): Json | Fault {
  if (isList(value)) {
    for (const item of value) {
      const same = spend(scope, 1) ?? sameValue(item, part, scope);
      if (same !== false) return same;
    }
    return false;
  }
  if (typeof value !== "string") return wrongKind("contains()", value);
  if (typeof part !== "string") return wrongKind("contains()", part);
  return spend(scope, value.length / 64 + (value.length * Math.min(part.length, 256)) / 4096) ?? value.includes(part);
}

function onText(
  name: string,
  result: Kind,
  arity: 1 | 2,
  apply: (text: string, part: string) => boolean | string,
): ConditionFunction {
  return {
    arity,
    form: "method",
    takes: ["string"],
    result,
    apply(text, part, scope) {
      if (typeof text !== "string") return wrongKind(`${name}()`, text);
      if (arity === 2 && typeof part !== "string") return wrongKind(`${name}()`, part);
      return spend(scope, text.length / 64) ?? apply(text, typeof part === "string" ? part : "");
    },
  };
}

function toNumber(value: Json): Json | Fault {
  if (typeof value === "number") return value;
  const usable = typeof value === "string" && value.length <= 400 && /^[+-]?(\d|\.\d)[\d.eE+-]*$/.test(value);
  const number = usable ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? failed(`double() finds no number in ${shown(value)}`) : number;
}

function toWhole(value: Json): Json | Fault {
  const number = toNumber(value);
  if (typeof number !== "number") return number;
  return Number.isFinite(number) ? Math.trunc(number) : failed("int() finds no whole number in it");
}

function toText(value: Json): Json | Fault {
  if (typeof value === "object") return wrongKind("string()", value);
  return String(value);
}

function toBool(value: Json): Json | Fault {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "false") return value === "true";
  return failed(`bool() finds neither true nor false in ${shown(value)}`);
}

const shown = (value: Json): string =>
  typeof value === "string" ? `"${value.slice(0, 40)}"` : kindWords(kindOf(value));

const convert = (result: Kind, apply: (value: Json) => Json | Fault): ConditionFunction => ({
  arity: 1,
  form: "function",
  takes: ["string", "number", "bool"],
  result,
  apply,
});

export const functions: { readonly [name: string]: ConditionFunction } = {
  size: { arity: 1, form: "both", takes: ["string", "list", "map"], result: "number", apply: size },
  contains: { arity: 2, form: "method", takes: ["string", "list"], result: "bool", apply: contains },
  startsWith: onText("startsWith", "bool", 2, (text, part) => text.startsWith(part)),
  endsWith: onText("endsWith", "bool", 2, (text, part) => text.endsWith(part)),
  lowerAscii: onText("lowerAscii", "string", 1, (text) => text.replace(/[A-Z]+/g, (run) => run.toLowerCase())),
  upperAscii: onText("upperAscii", "string", 1, (text) => text.replace(/[a-z]+/g, (run) => run.toUpperCase())),
  trim: onText("trim", "string", 1, (text) => text.trim()),
  double: convert("number", toNumber),
  int: convert("number", toWhole),
  string: convert("string", toText),
  bool: convert("bool", toBool),
};
