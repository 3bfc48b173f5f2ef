import type { Json } from "../contracts/json.js";
import {
  Fault,
  isList,
  isMap,
  type Kind,
  kindOf,
  kindWords,
  MAX_TEXT_CHARACTERS,
  type Scope,
  sameValue,
  spend,
} from "./condition-value.js";

/** A binary operator of CEL over JSON values; numbers are doubles. */
export type Operator = {
  readonly result: Kind;
  /** False: never right for values of these kinds. `any` is open. */
  accepts(left: Kind, right: Kind): boolean;
  apply(left: Json, right: Json, scope: Scope): Json | Fault;
};

type NumberOperation = (left: number, right: number) => number;

const open = (kind: Kind, ...allowed: readonly Kind[]): boolean => kind === "any" || allowed.includes(kind);

const both = (left: Kind, right: Kind, ...allowed: readonly Kind[]): boolean =>
  open(left, ...allowed) && open(right, ...allowed) && (left === right || left === "any" || right === "any");

function refusal(name: string, left: Json, right: Json): Fault {
  return new Fault("failed", `${name} cannot be done on ${kindWords(kindOf(left))} and ${kindWords(kindOf(right))}`);
}

function arithmetic(name: string, operation: NumberOperation): Operator {
  return {
    result: "number",
    accepts: (left, right) => both(left, right, "number"),
    apply: (left, right) =>
      typeof left === "number" && typeof right === "number" ? operation(left, right) : refusal(name, left, right),
  };
}

function order(name: string, holds: (left: number | string | boolean, right: typeof left) => boolean): Operator {
  return {
    result: "bool",
    accepts: (left, right) => both(left, right, "number", "string", "bool"),
    apply(left, right) {
      const comparable = typeof left === "number" || typeof left === "string" || typeof left === "boolean";
      if (!comparable || typeof left !== typeof right) return refusal(name, left, right);
      return holds(left, right as typeof left);
    },
  };
}

function equality(wanted: boolean): Operator {
  return {
    result: "bool",
    accepts: (left, right) => left === right || open(left, "null") || open(right, "null"),
    apply(left, right, scope) {
      const same = sameValue(left, right, scope);
      return same instanceof Fault ? same : same === wanted;
    },
  };
}

function add(left: Json, right: Json, scope: Scope): Json | Fault {
  if (typeof left === "number" && typeof right === "number") return left + right;
  if (typeof left === "string" && typeof right === "string") {
    const length = left.length + right.length;
    if (length > MAX_TEXT_CHARACTERS)
      return new Fault("limit", `text is longer than ${MAX_TEXT_CHARACTERS} characters`);
    return spend(scope, length / 64) ?? left + right;
  }
  if (isList(left) && isList(right)) return spend(scope, left.length + right.length) ?? [...left, ...right];
  return refusal("+", left, right);
}

/** True if the list holds an equal element, or the map a key of that name. */
function holdsElement(element: Json, place: Json, scope: Scope): Json | Fault {
  if (isMap(place)) return typeof element === "string" && Object.hasOwn(place, element);
  if (!isList(place)) return refusal("in", element, place);
  const over = spend(scope, place.length / 4);
  if (over !== undefined) return over;
  for (const item of place) {
    const same = sameValue(element, item, scope);
    if (same !== false) return same;
  }
  return false;
}

export const operators: { readonly [symbol: string]: Operator } = {
  "==": equality(true),
  "!=": equality(false),
  "<": order("<", (left, right) => left < right),
  "<=": order("<=", (left, right) => left <= right),
  ">": order(">", (left, right) => left > right),
  ">=": order(">=", (left, right) => left >= right),
  "+": { result: "any", accepts: (left, right) => both(left, right, "number", "string", "list"), apply: add },
  "-": arithmetic("-", (left, right) => left - right),
  "*": arithmetic("*", (left, right) => left * right),
  "/": arithmetic("/", (left, right) => left / right),
  "%": arithmetic("%", (left, right) => left % right),
  in: { result: "bool", accepts: (_left, right) => open(right, "list", "map"), apply: holdsElement },
};
