import type { Failure } from "../contracts/failure.js";
import type { Json, JsonSchema } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import type { SchemaProblem } from "../expression/json-schema.js";

type Checker = typeof import("../expression/json-schema.js");
let checker: Checker | undefined;

/** The failure of a value that does not fit its schema; undefined when it fits or nothing is asked. At once, where the schema is plain. */
export function refusal(
  schema: JsonSchema | undefined,
  value: Json,
  target: string | (() => string),
): Failure | undefined | Promise<Failure | undefined> {
  if (schema === undefined || schema === true) return undefined;
  const found = checker === undefined ? problemsLater(schema, value) : checker.validateValue(schema, value);
  return found instanceof Promise ? found.then((problems) => judged(problems, target)) : judged(found, target);
}

async function problemsLater(schema: JsonSchema, value: Json): Promise<readonly SchemaProblem[]> {
  checker ??= await import("../expression/json-schema.js");
  return checker.validateValue(schema, value);
}

function judged(problems: readonly SchemaProblem[], target: string | (() => string)): Failure | undefined {
  if (problems.length === 0) return undefined;
  const text = problems.map((problem) => `${problem.path || "value"} ${problem.message}`).join("; ");
  return failureOf("E_VALUE_SCHEMA", { target: typeof target === "string" ? target : target(), problems: text });
}

/** The failure of a value that `for_each` takes no items from; undefined: it is a list. */
export function unlisted(port: string, value: Json): Failure | undefined {
  if (Array.isArray(value)) return undefined;
  return failureOf("E_NOT_A_LIST", { port, found: value === null ? "null" : `of type ${typeof value}` });
}
