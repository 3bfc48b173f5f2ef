import type { StepContext } from "../../contracts/component.js";
import type { JsonSchema } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { readStepFile } from "./world/step-files.js";

export const MAX_SCHEMA_BYTES = 1024 * 1024;

/** The schema that a config says: in place, or the path of a JSON file that holds one. */
export async function saidSchema(
  said: JsonSchema | string,
  context: Pick<StepContext, "folders" | "signal">,
): Promise<JsonSchema> {
  if (typeof said !== "string") return said;
  const { parseText } = await import("./parse-text.js");
  const text = (await readStepFile(said, MAX_SCHEMA_BYTES, context)).toString("utf8");
  const { value } = parseText(text, "json", { what: `schema file ${said}` });
  if (typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value)))
    return value as JsonSchema;
  throw nanobrainError("E_SCHEMA", { problems: `file ${said} holds no schema, which is an object or true or false` });
}
