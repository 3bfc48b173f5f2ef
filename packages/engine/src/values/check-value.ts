import type { Failure } from "../contracts/failure.js";
import type { Json, JsonSchema } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";

/** The failure of a value that does not fit its schema; undefined when it fits or nothing is asked. */
export async function refusal(
  schema: JsonSchema | undefined,
  value: Json,
  target: string,
): Promise<Failure | undefined> {
  if (schema === undefined || schema === true) return undefined;
  const { validateValue } = await import("../expression/json-schema.js");
  const problems = await validateValue(schema, value);
  if (problems.length === 0) return undefined;
  const text = problems.map((problem) => `${problem.path || "value"} ${problem.message}`).join("; ");
  return failureOf("E_VALUE_SCHEMA", { target, problems: text });
}

/** The failure of a value that `for_each` takes no items from; undefined: it is a list. */
export function unlisted(port: string, value: Json): Failure | undefined {
  if (Array.isArray(value)) return undefined;
  return failureOf("E_NOT_A_LIST", { port, found: value === null ? "null" : `of type ${typeof value}` });
}
