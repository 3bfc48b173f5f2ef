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
