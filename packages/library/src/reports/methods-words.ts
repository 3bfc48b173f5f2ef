import type { Json, JsonObject } from "@nanobrain/engine";
import { isObject } from "./json-parts.js";

/** A field of the data, at its top or one level down. */
export function found(data: JsonObject, field: string): Json | undefined {
  if (data[field] !== undefined) return data[field];
  for (const one of Object.values(data)) if (isObject(one) && one[field] !== undefined) return one[field];
  return undefined;
}

/** Text that Markdown takes as it is. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>()#+!|~@-]/g, "\\$&");
}

/** Text as code, in one line. */
export function code(text: string): string {
  return `\`${text.replace(/[`\s]+/g, " ").slice(0, 200)}\``;
}
