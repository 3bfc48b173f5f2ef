import type { Json, JsonSchema } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { CompiledSchema } from "./ajv-schema.js";
import { checkPlain, isPlainSchema } from "./plain-schema.js";
import { problemText, type SchemaProblem } from "./schema-words.js";

export type { CompiledSchema } from "./ajv-schema.js";
export { problemText, type SchemaProblem } from "./schema-words.js";

const compiled = new WeakMap<object, CompiledSchema>();

/** Loads the schema library and gives its compiler. Plain schemas are left to the small checker. */
export async function schemaCompiler(): Promise<(schema: JsonSchema) => CompiledSchema> {
  const { compileWithAjv } = await import("./ajv-schema.js");
  return (schema) => {
    if (isPlainSchema(schema)) return { ok: true, validate: (value) => checkPlain(schema, value) };
    if (typeof schema === "boolean") return compileWithAjv(schema);
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const made = compileWithAjv(schema);
    compiled.set(schema, made);
    return made;
  };
}

/** What is wrong with the schema itself. Empty: it can be used. */
export async function checkSchema(schema: JsonSchema): Promise<readonly SchemaProblem[]> {
  if (isPlainSchema(schema)) return [];
  const made = (await schemaCompiler())(schema);
  return made.ok ? [] : made.problems;
}

/**
 * Checks a value, at once where the schema is plain (types, fields, bounds, enumerations, formats), else after loading
 * the schema library. At most 20 problems, in no promised order. Throws E_SCHEMA if the schema cannot be used.
 */
export function validateValue(schema: JsonSchema, value: Json): SchemaProblem[] | Promise<SchemaProblem[]> {
  return isPlainSchema(schema) ? checkPlain(schema, value) : validateWithLibrary(schema, value);
}

async function validateWithLibrary(schema: JsonSchema, value: Json): Promise<SchemaProblem[]> {
  return (await validatorOf(schema))(value);
}

/** A synchronous check of many values by one schema. Throws E_SCHEMA if the schema cannot be used. */
export async function validatorOf(schema: JsonSchema): Promise<(value: Json) => SchemaProblem[]> {
  if (isPlainSchema(schema)) return (value) => checkPlain(schema, value);
  const made = (await schemaCompiler())(schema);
  if (made.ok) return made.validate;
  throw nanobrainError("E_SCHEMA", { problems: made.problems.map(problemText).join("; ") });
}
