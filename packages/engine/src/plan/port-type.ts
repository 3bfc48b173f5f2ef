import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import { canonicalJson } from "./canonical-json.js";
import { propertiesOf } from "./schema-parts.js";

/** Comparisons of schema parts for one link; what lies beyond is left to run time. */
const MAX_COMPARISONS = 1000;

type Budget = { left: number };

/**
 * Why a value that meets `given` can never meet `expected`, such as "an object is given, an array is expected"; undefined
 * if it may. Compared are type, items, required, properties and enum; whatever else a schema says is left to run time.
 */
export function portTypeProblem(given: JsonSchema | undefined, expected: JsonSchema | undefined): string | undefined {
  return compare(given, expected, "", { left: MAX_COMPARISONS });
}

/** True: what meets `given` meets `expected` for certain, so nothing need be checked. */
export function surelyMeets(given: JsonSchema | undefined, expected: JsonSchema | undefined): boolean {
  if (expected === undefined || expected === true) return true;
  return given === expected || (given !== undefined && canonicalJson(given) === canonicalJson(expected));
}

function compare(
  given: JsonSchema | undefined,
  expected: JsonSchema | undefined,
  at: string,
  budget: Budget,
): string | undefined {
  if (budget.left-- <= 0 || given === undefined || expected === undefined) return undefined;
  if (typeof given === "boolean" || typeof expected === "boolean") return undefined;
  const parts = allOf(expected);
  const sources = allOf(given);
  if (parts.length > 0 || sources.length > 0) {
    const left = [without(given, "allOf"), ...sources];
    const right = [without(expected, "allOf"), ...parts];
    return first(left, (one) => first(right, (other) => compare(one, other, at, budget)));
  }
  return (
    typeProblem(given, expected, at) ?? enumProblem(given, expected, at) ?? insideProblem(given, expected, at, budget)
  );
}

function typeProblem(given: JsonObject, expected: JsonObject, at: string): string | undefined {
  const from = typesOf(given);
  const to = typesOf(expected);
  if (from === undefined || to === undefined || from.some((type) => to.some((other) => overlap(type, other)))) return;
  return place(at, `${typeWords(from)} is given, ${typeWords(to)} is expected`);
}

const overlap = (a: string, b: string): boolean =>
  a === b || (a === "integer" && b === "number") || (a === "number" && b === "integer");

function typesOf(schema: JsonObject): readonly string[] | undefined {
  const type = schema["type"];
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((one): one is string => typeof one === "string");
  const values = valuesOf(schema);
  return values === undefined ? undefined : [...new Set(values.map(jsonType))];
}

function jsonType(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

function valuesOf(schema: JsonObject): readonly Json[] | undefined {
  const values = schema["enum"];
  if (Array.isArray(values)) return values;
  return schema["const"] === undefined ? undefined : [schema["const"]];
}

function enumProblem(given: JsonObject, expected: JsonObject, at: string): string | undefined {
  const from = valuesOf(given);
  const to = valuesOf(expected);
  if (from === undefined || to === undefined) return undefined;
  const known = new Set(to.map(canonicalJson));
  if (from.some((value) => known.has(canonicalJson(value)))) return undefined;
  return place(at, `one of ${list(from)} is given, one of ${list(to)} is expected`);
}

const list = (values: readonly Json[]): string =>
  values
    .slice(0, 6)
    .map((value) => JSON.stringify(value))
    .join(", ");

function insideProblem(given: JsonObject, expected: JsonObject, at: string, budget: Budget): string | undefined {
  const from = typesOf(given) ?? [];
  if (from.includes("array") && from.length === 1) {
    const items = [given["items"], expected["items"]] as readonly (JsonSchema | undefined)[];
    return compare(items[0], items[1], `${at}[]`, budget);
  }
  if (from.length > 0 && !from.includes("object")) return undefined;
  return requiredProblem(given, expected, at) ?? propertyProblem(given, expected, at, budget);
}

/** A shape that lists its properties, and not this one, is taken at its word unless it says that others may come. */
function requiredProblem(given: JsonObject, expected: JsonObject, at: string): string | undefined {
  const properties = propertiesOf(given);
  const more = given["additionalProperties"];
  if (properties === undefined || (more !== undefined && more !== false) || given["patternProperties"])
    return undefined;
  const lacking = names(expected["required"]).find((key) => !Object.hasOwn(properties, key));
  return lacking === undefined ? undefined : place(at, `the value has no "${lacking}", which is required`);
}

function propertyProblem(given: JsonObject, expected: JsonObject, at: string, budget: Budget): string | undefined {
  const from = propertiesOf(given) ?? {};
  const to = propertiesOf(expected) ?? {};
  const sure = new Set(names(given["required"]));
  const closed = expected["additionalProperties"] === false && expected["patternProperties"] === undefined;
  for (const [key, schema] of Object.entries(from)) {
    const inner = at === "" ? key : `${at}.${key}`;
    if (Object.hasOwn(to, key)) {
      const problem = compare(schema as JsonSchema, to[key] as JsonSchema, inner, budget);
      if (problem !== undefined) return problem;
    } else if (closed && sure.has(key)) return place(at, `the value has "${key}", which is not allowed`);
  }
  return undefined;
}

function names(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function allOf(schema: JsonObject): readonly JsonSchema[] {
  const parts = schema["allOf"];
  return Array.isArray(parts) ? (parts as readonly JsonSchema[]) : [];
}

function without(schema: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

function first<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const place = (at: string, problem: string): string => (at === "" ? problem : `at ${at} ${problem}`);

const WORDS: { readonly [type: string]: string } = {
  object: "an object",
  array: "an array",
  string: "a string",
  number: "a number",
  integer: "an integer",
  boolean: "true or false",
  null: "null",
};

function typeWords(types: readonly string[]): string {
  return types.map((type) => WORDS[type] ?? type).join(" or ");
}
