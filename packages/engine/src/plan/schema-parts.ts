import type { JsonObject, JsonSchema } from "../contracts/json.js";

/** A value must meet both. Undefined: neither says anything. */
export function bothSchemas(first: JsonSchema | undefined, second: JsonSchema | undefined): JsonSchema | undefined {
  if (first === undefined || first === true) return second;
  if (second === undefined || second === true) return first;
  return { allOf: [first, second] };
}

/** A list of values that each meet the schema. */
export function listOf(items: JsonSchema | undefined): JsonSchema {
  return items === undefined || items === true ? { type: "array" } : { type: "array", items };
}

/** The schema of a field by its path such as `report.score`: undefined where the schema leaves it open. */
export function fieldSchema(schema: JsonSchema | undefined, names: readonly string[]): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema;
  for (const name of names) {
    const properties = propertiesOf(at);
    at = properties !== undefined && Object.hasOwn(properties, name) ? (properties[name] as JsonSchema) : undefined;
  }
  return at;
}

/** Names of all fields a value can have, if the schema allows no others; else undefined. */
export function closedFields(schema: JsonSchema | undefined): readonly string[] | undefined {
  if (typeof schema !== "object" || schema["additionalProperties"] !== false) return undefined;
  if (schema["patternProperties"] !== undefined || schema["type"] !== "object") return undefined;
  return Object.keys(propertiesOf(schema) ?? {});
}

export function propertiesOf(schema: JsonSchema | undefined): JsonObject | undefined {
  if (typeof schema !== "object") return undefined;
  const properties = schema["properties"];
  return typeof properties === "object" && properties !== null && !Array.isArray(properties)
    ? (properties as JsonObject)
    : undefined;
}
