import type { Json, JsonSchema } from "../contracts/json.js";
import { linearPattern } from "./linear-pattern.js";
import { type SchemaProblem, stepInto } from "./schema-words.js";

export const MAX_SCHEMA_NODES = 5000;
export const MAX_SCHEMA_DEPTH = 64;
export const MAX_SCHEMA_CHARACTERS = 256 * 1024;

type Walk = { nodes: number; characters: number; readonly faults: SchemaProblem[] };

/** Keywords whose values are data, not schemas. */
const DATA = new Set(["default", "enum", "const", "examples"]);

/** What makes a schema unfit before it is compiled: its size, its depth, and patterns that can take for ever. */
export function schemaFaults(schema: JsonSchema): readonly SchemaProblem[] {
  const walk: Walk = { nodes: 0, characters: 0, faults: [] };
  visit(schema, "", 0, walk);
  const limits: string[] = [];
  if (walk.nodes > MAX_SCHEMA_NODES) limits.push(`has more than ${MAX_SCHEMA_NODES} parts`);
  if (walk.characters > MAX_SCHEMA_CHARACTERS) limits.push(`has more than ${MAX_SCHEMA_CHARACTERS} characters`);
  return [...limits.map((message) => ({ path: "", message })), ...walk.faults];
}

function visit(value: Json, path: string, depth: number, walk: Walk): void {
  walk.nodes++;
  if (typeof value === "string") walk.characters += value.length;
  if (walk.nodes > MAX_SCHEMA_NODES || typeof value !== "object" || value === null) return;
  if (depth > MAX_SCHEMA_DEPTH) {
    walk.nodes = MAX_SCHEMA_NODES + 1;
    return;
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) visit(item, stepInto(path, i), depth + 1, walk);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    walk.characters += key.length;
    const inner = stepInto(path, key);
    if (key === "pattern" && typeof item === "string") checkPattern(item, inner, walk);
    if (key === "patternProperties" && typeof item === "object" && item !== null) {
      for (const pattern of Object.keys(item)) checkPattern(pattern, inner, walk);
    }
    if (!DATA.has(key)) visit(item, inner, depth + 1, walk);
    else walk.characters += JSON.stringify(item).length;
  }
}

function checkPattern(pattern: string, path: string, walk: Walk): void {
  const unicode = linearPattern(pattern, "u");
  const made = unicode.ok ? unicode : linearPattern(pattern);
  if (!made.ok)
    walk.faults.push({
      path,
      message: `pattern ${JSON.stringify(pattern.slice(0, 80))} cannot be used: ${made.problem}`,
    });
}
