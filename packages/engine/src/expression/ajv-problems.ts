import type { ErrorObject } from "ajv";
import type { Json, JsonObject } from "../contracts/json.js";
import { equalItems, lengthOf, MAX_PROBLEMS, type SchemaProblem, stepInto, words } from "./schema-words.js";

/** Errors that are looked at; a large value can have millions. */
const MAX_ERRORS = 1000;

/** ajv's errors in our words, without those that only repeat another: what a value of another type lacks, and the parts of a union. */
export function problemsOf(errors: readonly ErrorObject[], value: Json): SchemaProblem[] {
  const first = errors.slice(0, MAX_ERRORS);
  const covering = first.filter((error) => ["anyOf", "oneOf", "type"].includes(error.keyword));
  const problems: SchemaProblem[] = [];
  const seen = new Set<string>();
  for (const error of first) {
    if (error.keyword === "if" || covering.some((other) => covers(other, error))) continue;
    const problem = { path: pathOf(error.instancePath, value), message: messageOf(error, first) };
    const key = JSON.stringify(problem);
    if (seen.has(key)) continue;
    seen.add(key);
    problems.push(problem);
    if (problems.length === MAX_PROBLEMS) break;
  }
  return problems;
}

/** A wrong type covers all else that its schema says of the value; a union covers its parts. */
function covers(cover: ErrorObject, error: ErrorObject): boolean {
  const schema = cover.keyword === "type" ? cover.schemaPath.slice(0, -"type".length) : `${cover.schemaPath}/`;
  const isWithin = error.instancePath === cover.instancePath || error.instancePath.startsWith(`${cover.instancePath}/`);
  return error !== cover && isWithin && error.schemaPath.startsWith(schema);
}

/** A JSON pointer as `rows[3].age`. */
function pathOf(pointer: string, value: Json): string {
  let path = "";
  let at: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path = stepInto(path, Array.isArray(at) ? Number(key) : key);
    at = Array.isArray(at) ? (at as readonly Json[])[Number(key)] : (at as JsonObject | undefined)?.[key];
  }
  return path;
}

type Params = { readonly [name: string]: Json };

const MESSAGES: { readonly [keyword: string]: (params: Params, data: Json) => string } = {
  type: ({ type = "" }, data) => typeMessage(type, data),
  required: ({ missingProperty }) => words.required(String(missingProperty)),
  additionalProperties: ({ additionalProperty }) => words.unknown(String(additionalProperty)),
  unevaluatedProperties: ({ unevaluatedProperty }) => words.unknown(String(unevaluatedProperty)),
  enum: ({ allowedValues }, data) => words.enum(Array.isArray(allowedValues) ? allowedValues : [], data),
  const: ({ allowedValue = null }, data) => words.const(allowedValue, data),
  minimum: ({ limit }, data) => words.bound(">=", Number(limit), data),
  maximum: ({ limit }, data) => words.bound("<=", Number(limit), data),
  exclusiveMinimum: ({ limit }, data) => words.bound(">", Number(limit), data),
  exclusiveMaximum: ({ limit }, data) => words.bound("<", Number(limit), data),
  multipleOf: ({ multipleOf }, data) => words.multiple(Number(multipleOf), data),
  minLength: ({ limit }, data) => words.minLength(Number(limit), lengthOf(String(data))),
  maxLength: ({ limit }, data) => words.maxLength(Number(limit), lengthOf(String(data))),
  minItems: ({ limit }, data) => words.minItems(Number(limit), sizeOf(data)),
  maxItems: ({ limit }, data) => words.maxItems(Number(limit), sizeOf(data)),
  minProperties: ({ limit }, data) => words.minProperties(Number(limit), sizeOf(data)),
  maxProperties: ({ limit }, data) => words.maxProperties(Number(limit), sizeOf(data)),
  uniqueItems: (_params, data) => words.unique(...((Array.isArray(data) && equalItems(data)) || ([0, 0] as const))),
  format: ({ format }, data) => words.format(String(format), data),
  pattern: ({ pattern }, data) => words.pattern(String(pattern), data),
  "false schema": () => words.never(),
};

const sizeOf = (data: Json): number => (typeof data === "object" && data !== null ? Object.keys(data).length : 0);

function typeMessage(type: Json, data: Json): string {
  return words.type(Array.isArray(type) ? type.map(String) : String(type).split(","), data);
}

function messageOf(error: ErrorObject, all: readonly ErrorObject[]): string {
  const data = error.data as Json;
  if (error.keyword === "anyOf" || error.keyword === "oneOf") return unionMessage(error, all);
  if (Object.hasOwn(MESSAGES, error.keyword)) return MESSAGES[error.keyword]?.(error.params as Params, data) ?? "";
  return error.message ?? `breaks ${error.keyword}`;
}

function unionMessage(error: ErrorObject, all: readonly ErrorObject[]): string {
  const passing = (error.params as { passingSchemas?: unknown }).passingSchemas;
  if (Array.isArray(passing)) return `fits alternatives ${passing.join(" and ")}, it may fit only one`;
  const options = Array.isArray(error.schema) ? error.schema.length : 0;
  const inner = all.find(
    (other) => other.schemaPath.startsWith(`${error.schemaPath}/`) && other.keyword !== error.keyword,
  );
  const reason = inner === undefined ? "" : `; the first: ${messageOf(inner, [])}`;
  return `fits none of the ${options} alternatives${reason}`;
}
