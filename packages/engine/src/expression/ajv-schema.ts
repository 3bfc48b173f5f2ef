import type { AnySchema, ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import { problemsOf } from "./ajv-problems.js";
import { linearPattern } from "./linear-pattern.js";
import { schemaFaults } from "./schema-faults.js";
import { formats } from "./schema-formats.js";
import { equalItems, type SchemaProblem, stepInto } from "./schema-words.js";

export type CompiledSchema =
  | { readonly ok: true; validate(value: Json): SchemaProblem[] }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** Patterns run on a machine of linear time; a text too long for its pattern does not match it. */
const regExp = Object.assign(
  (pattern: string, flags: string) => {
    const unicode = linearPattern(pattern, flags);
    const made = unicode.ok ? unicode : linearPattern(pattern);
    return {
      test: (text: string) => made.ok && made.pattern.test(text) === true,
      toString: () => `/${pattern}/${flags}`,
    };
  },
  { code: "linearPattern" },
);

let shared: Ajv2020 | undefined;

function library(): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    inlineRefs: false,
    ownProperties: true,
    logger: false,
    code: { regExp },
  });
  for (const [name, check] of Object.entries(formats)) ajv.addFormat(name, check);
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, items: readonly Json[]) => !wanted || equalItems(items) === undefined,
  });
  return ajv;
}

/** Compiles a schema of JSON Schema 2020-12. References beyond the schema itself are not followed. */
export function compileWithAjv(schema: JsonSchema): CompiledSchema {
  const faults = schemaFaults(schema);
  if (faults.length > 0) return { ok: false, problems: faults };
  shared ??= library();
  /** A library keeps inner ids for ever, so a schema that has any gets one of its own. */
  const ajv = hasIds(schema) ? library() : shared;
  const unknown: SchemaProblem[] = [];
  const own = strip(schema, "", ajv, unknown);
  if (unknown.length > 0) return { ok: false, problems: unknown };
  try {
    if (ajv.validateSchema(own as AnySchema) !== true)
      return { ok: false, problems: schemaProblems(ajv.errors ?? [], own) };
    const check = ajv.compile(own as AnySchema);
    return { ok: true, validate: (value) => validate(check, value) };
  } catch (error) {
    return { ok: false, problems: [compileProblem(error)] };
  } finally {
    if (typeof own === "object") ajv.removeSchema(own as AnySchema);
  }
}

function hasIds(schema: Json): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  return Object.hasOwn(schema, "$id") || Object.values(schema).some((inner: Json) => hasIds(inner));
}

function validate(check: ValidateFunction, value: Json): SchemaProblem[] {
  try {
    return check(value) ? [] : problemsOf(check.errors ?? [], value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path: "", message: "is nested too deeply to be checked" }];
  }
}

/** Keywords whose values are schemas by name. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const DATA = new Set(["default", "enum", "const", "examples", "required", "dependentRequired"]);

/** A copy without what is for readers: unknown formats, keys starting with x-, the dialect's name. Keywords that do not exist are faults. */
function strip(schema: Json, path: string, ajv: Ajv2020, unknown: SchemaProblem[]): Json {
  if (Array.isArray(schema)) return schema.map((item: Json, i) => strip(item, stepInto(path, i), ajv, unknown));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(schema as JsonObject)) {
    const inner = stepInto(path, key);
    if (key.startsWith("x-") || key === "$schema" || isUnknownFormat(key, value)) continue;
    if (ajv.RULES.keywords[key] === undefined) unknown.push({ path: inner, message: "is no keyword of JSON Schema" });
    copy[key] = DATA.has(key)
      ? value
      : MAPS.has(key)
        ? stripMap(value, inner, ajv, unknown)
        : strip(value, inner, ajv, unknown);
  }
  return copy;
}

function isUnknownFormat(key: string, value: Json): boolean {
  return key === "format" && typeof value === "string" && !Object.hasOwn(formats, value);
}

function stripMap(map: Json, path: string, ajv: Ajv2020, unknown: SchemaProblem[]): Json {
  if (typeof map !== "object" || map === null || Array.isArray(map)) return map;
  return Object.fromEntries(
    Object.entries(map).map(([name, schema]) => [name, strip(schema, stepInto(path, name), ajv, unknown)]),
  );
}

/** One problem for each place: the schema of schemas says the same in several ways. */
function schemaProblems(errors: readonly ErrorObject[], schema: Json): SchemaProblem[] {
  const own = errors.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "$ref" && keyword !== "$dynamicRef");
  const seen = new Set<string>();
  return problemsOf(own.length > 0 ? own : errors, schema).filter(({ path }) => !seen.has(path) && seen.add(path));
}

function compileProblem(error: unknown): SchemaProblem {
  const text = error instanceof Error ? error.message : "it cannot be compiled";
  const [, reference] = /can't resolve reference (\S+)/.exec(text) ?? [];
  if (reference === undefined) return { path: "", message: text.replace(/^strict mode: /, "") };
  return { path: "", message: `refers to ${reference}, which is not in the schema; nothing beyond it is read` };
}
