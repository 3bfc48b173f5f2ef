import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import type { Path } from "../document/document.js";
import { projectPath } from "../document/project-path.js";
import { fault, type Scope } from "./compilation.js";

/** A schema as a config says it: in place, or the path of a JSON file. Undefined: none, or a fault, reported. */
export function readSchema(scope: Scope, said: Json | undefined, at: Path): JsonSchema | undefined {
  if (said === undefined || said === null) return undefined;
  if (typeof said !== "string") return said as JsonSchema;
  const found = projectPath(scope.document.places.of(at).file, said);
  if ("problem" in found) {
    fault(scope, "E_PATH", at, `Path "${said}" ${found.problem}`);
    return undefined;
  }
  const { path } = found;
  const read = scope.compilation.options.readSchema;
  if (read === undefined) return undefined;
  const text = read(path);
  if (text === undefined) {
    fault(scope, "E_FILE_MISSING", at, `There is no schema file ${path}`);
    return undefined;
  }
  return parse(scope, text, path, at);
}

function parse(scope: Scope, text: string, path: string, at: Path): JsonSchema | undefined {
  const value = parsed(text);
  const isSchema = typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value));
  if (isSchema) return value as JsonSchema;
  const what = value === undefined ? "is no JSON" : "holds no JSON Schema, which is an object or true or false";
  fault(scope, value === undefined ? "E_SYNTAX" : "E_TYPE", at, `Schema file ${path} ${what}`);
  return undefined;
}

/** Undefined: no JSON. */
function parsed(text: string): Json | JsonObject | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
