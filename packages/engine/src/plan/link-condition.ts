import type { JsonObject, JsonSchema } from "../contracts/json.js";
import type { LinkEntry, Path } from "../document/document.js";
import { nearest } from "../document/nearest.js";
import { type FieldTest, fieldCondition } from "../expression/field-condition.js";
import { fault, type Scope } from "./compilation.js";
import { closedFields } from "./schema-parts.js";

/** The CEL text of a link's condition. Undefined: a fault, reported. `given` is the schema of what the source sends. */
export async function resolveCondition(
  scope: Scope,
  entry: LinkEntry,
  config: JsonObject,
  given: JsonSchema | undefined,
): Promise<string | undefined> {
  const written = config["condition"];
  const at = [...entry.configPath, "condition"];
  if (typeof written === "string")
    return (await checkCondition(scope, written, at, closedFields(given))) ? written : undefined;
  const test = written as unknown as FieldTest;
  const text = fieldCondition(test);
  const fine = await checkCondition(scope, text, [...at, "field"], closedFields(given), "made");
  return fine ? text : undefined;
}

/**
 * Compiles a condition and reports what is wrong with it. `fields`: the only names it may use. `made`: the text is ours,
 * so places inside it mean nothing to the author.
 */
export async function checkCondition(
  scope: Scope,
  text: string,
  at: Path,
  fields: readonly string[] | undefined,
  origin: "written" | "made" = "written",
  /** What a name must be. */
  noun = "a field of the value",
): Promise<boolean> {
  const { compileCondition } = await import("../expression/condition.js");
  const compiled = compileCondition(text);
  const part = (offset?: number, length?: number) =>
    origin === "made" || offset === undefined || length === undefined ? {} : { offset, length };
  if (!compiled.ok) {
    for (const { code, message, hint, offset, length } of compiled.problems)
      fault(scope, code, at, message, { ...(hint === undefined ? {} : { hint }), ...part(offset, length) });
    return false;
  }
  if (fields === undefined) return true;
  const known = new Set(fields);
  const unknown = compiled.names.filter((name) => !known.has(name.name));
  for (const { name, offset, length } of unknown) {
    const near = nearest(name, fields);
    const hint =
      near === undefined
        ? `${noun === "a field of the value" ? "the fields are" : "there are"} ${fields.slice(0, 12).join(", ")}`
        : `did you mean "${near}"?`;
    fault(scope, "E_EXPR_NAME", at, `"${name}" is not ${noun}`, { hint, ...part(offset, length) });
  }
  return unknown.length === 0;
}
