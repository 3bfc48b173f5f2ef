import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import { formats } from "./schema-formats.js";
import {
  canonical,
  equalItems,
  lengthOf,
  MAX_PROBLEMS,
  type SchemaProblem,
  stepInto,
  typeOf,
  words,
} from "./schema-words.js";

/** What a schema of the plain kind says; see `isPlainSchema`. */
type Plain = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly required?: readonly string[];
  readonly properties?: { readonly [key: string]: JsonSchema };
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly format?: string;
};

const TYPES = new Set(["string", "number", "integer", "boolean", "array", "object", "null"]);
const NOTES = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
  "$schema",
]);

const isCount = (value: Json): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isNumber = (value: Json): boolean => typeof value === "number";
const isTexts = (value: Json): boolean => Array.isArray(value) && value.every((item) => typeof item === "string");
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `null` itself is none: YAML reads it where `"null"` was meant. */
const isType = (value: Json): boolean => typeof value === "string" && TYPES.has(value);

const KEYWORDS: { readonly [keyword: string]: (value: Json) => boolean } = {
  type: (value) => (Array.isArray(value) ? value.length > 0 && value.every(isType) : isType(value)),
  enum: (value) => Array.isArray(value) && value.length > 0,
  const: () => true,
  required: isTexts,
  properties: (value) =>
    isObject(value) &&
    !Object.hasOwn(value, "__proto__") &&
    Object.values(value).every((schema) => isPlainPart(schema)),
  additionalProperties: isPlainPart,
  items: isPlainPart,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: (value) => typeof value === "boolean",
  format: (value) => typeof value === "string",
};

const answers = new WeakMap<object, boolean>();

/** True if the schema uses nothing but keywords known here, rightly: then no schema library need be loaded. */
export function isPlainSchema(schema: JsonSchema): boolean {
  if (typeof schema === "boolean") return true;
  const known = answers.get(schema);
  if (known !== undefined) return known;
  answers.set(schema, false);
  const plain = Object.entries(schema).every(
    ([keyword, value]) =>
      NOTES.has(keyword) ||
      keyword.startsWith("x-") ||
      (Object.hasOwn(KEYWORDS, keyword) && KEYWORDS[keyword]?.(value) === true),
  );
  answers.set(schema, plain);
  return plain;
}

function isPlainPart(schema: Json): boolean {
  return typeof schema === "boolean" || (isObject(schema) && isPlainSchema(schema));
}

/** Checks against a schema for which `isPlainSchema` holds. */
export function checkPlain(schema: JsonSchema, value: Json): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  check(schema, value, "", problems);
  return problems;
}

function check(schema: JsonSchema, value: Json, path: string, problems: SchemaProblem[]): void {
  const add = (message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ path, message });
  };
  if (schema === true || problems.length >= MAX_PROBLEMS) return;
  if (schema === false) {
    add(words.never());
    return;
  }
  const plain = schema as Plain;
  if (!checkType(plain, value, add)) return;
  checkChoice(plain, value, add);
  if (typeof value === "number") checkNumber(plain, value, add);
  else if (typeof value === "string") checkText(plain, value, add);
  else if (Array.isArray(value)) checkList(plain, value, path, problems, add);
  else if (isObject(value)) checkObject(plain, value, path, problems, add);
}

type Add = (message: string) => void;

/** False: of another type, so that nothing else about it is worth saying. */
function checkType({ type }: Plain, value: Json, add: Add): boolean {
  if (type === undefined) return true;
  const types = typeof type === "string" ? [type] : type;
  const actual = typeOf(value);
  if (types.includes(actual) || (types.includes("integer") && Number.isInteger(value))) return true;
  add(words.type(types, value));
  return false;
}

function checkChoice(schema: Plain, value: Json, add: Add): void {
  if (schema.enum !== undefined && !schema.enum.some((item) => equal(item, value))) add(words.enum(schema.enum, value));
  if (schema.const !== undefined && !equal(schema.const, value)) add(words.const(schema.const, value));
}

function equal(left: Json, right: Json): boolean {
  if (left === right) return true;
  const deep = typeof left === "object" && left !== null && typeof right === "object" && right !== null;
  return deep && canonical(left) === canonical(right);
}

function checkNumber(schema: Plain, value: number, add: Add): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && value < minimum) add(words.bound(">=", minimum, value));
  if (maximum !== undefined && value > maximum) add(words.bound("<=", maximum, value));
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) add(words.bound(">", exclusiveMinimum, value));
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) add(words.bound("<", exclusiveMaximum, value));
}

function checkText({ minLength, maxLength, format }: Plain, value: string, add: Add): void {
  if (minLength !== undefined || maxLength !== undefined) {
    const length = lengthOf(value);
    if (minLength !== undefined && length < minLength) add(words.minLength(minLength, length));
    if (maxLength !== undefined && length > maxLength) add(words.maxLength(maxLength, length));
  }
  const fits = format !== undefined && Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (format !== undefined && fits?.(value) === false) add(words.format(format, value));
}

function checkList(schema: Plain, value: readonly Json[], path: string, problems: SchemaProblem[], add: Add): void {
  const { minItems, maxItems, uniqueItems, items } = schema;
  if (minItems !== undefined && value.length < minItems) add(words.minItems(minItems, value.length));
  if (maxItems !== undefined && value.length > maxItems) add(words.maxItems(maxItems, value.length));
  const twins = uniqueItems === true ? equalItems(value) : undefined;
  if (twins !== undefined) add(words.unique(...twins));
  if (items === undefined || items === true) return;
  for (const [i, item] of value.entries()) {
    if (problems.length >= MAX_PROBLEMS) return;
    check(items, item, stepInto(path, i), problems);
  }
}

function checkObject(schema: Plain, value: JsonObject, path: string, problems: SchemaProblem[], add: Add): void {
  const { required, properties, additionalProperties } = schema;
  for (const key of required ?? []) if (!Object.hasOwn(value, key)) add(words.required(key));
  for (const [key, inner] of Object.entries(properties ?? {})) {
    const found = Object.hasOwn(value, key) ? value[key] : undefined;
    if (found !== undefined) check(inner, found, stepInto(path, key), problems);
  }
  if (additionalProperties === undefined || additionalProperties === true) return;
  for (const [key, found] of Object.entries(value)) {
    if (properties !== undefined && Object.hasOwn(properties, key)) continue;
    if (additionalProperties === false) add(words.unknown(key));
    else check(additionalProperties, found, stepInto(path, key), problems);
  }
}
