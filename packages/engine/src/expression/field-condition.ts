import type { Json } from "../contracts/json.js";
import { isMap } from "./condition-value.js";

export const fieldOperators = ["eq", "ne", "gt", "ge", "lt", "le", "in", "contains", "exists"] as const;
export type FieldOperator = (typeof fieldOperators)[number];

/** `field` is a path of names joined by dots. `value` is left out for `exists`, where false asks for absence. */
export type FieldTest = { readonly field: string; readonly operator: FieldOperator; readonly value?: Json };

const SYMBOLS = { eq: "==", ne: "!=", gt: ">", ge: ">=", lt: "<", le: "<=", in: "in" } as const;

/** The CEL text of a field test. */
export function fieldCondition({ field, operator, value = null }: FieldTest): string {
  const path = fieldPath(field);
  if (operator === "exists") return value === false ? `!has(${path})` : `has(${path})`;
  if (operator === "contains") return `${path}.contains(${celLiteral(value)})`;
  return `${path} ${SYMBOLS[operator]} ${celLiteral(value)}`;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Words that cannot stand alone as a field's name. */
const RESERVED = new Set(
  (
    "as break const continue else for function if import let loop package namespace return var void while " +
    "true false null in and or not value True TRUE False FALSE None NULL undefined AND OR NOT"
  ).split(" "),
);
const AFTER_DOT = new Set(["true", "false", "null", "in"]);

function fieldPath(field: string): string {
  const names = field.split(".");
  const [first = ""] = names;
  const bare = NAME.test(first) && !RESERVED.has(first);
  return names.reduce((path, name, i) => {
    if (i === 0 && bare) return name;
    return NAME.test(name) && !AFTER_DOT.has(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
  }, "value");
}

/** A JSON value as CEL text; a whole number too large to be exact is written as the double it is. */
export function celLiteral(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => celLiteral(item)).join(", ")}]`;
  if (isMap(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${celLiteral(item)}`)
      .join(", ")}}`;
  }
  const text = JSON.stringify(value);
  return typeof value === "number" && /^-?\d{16,}$/.test(text) ? `${text}.0` : text;
}
