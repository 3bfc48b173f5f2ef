import type { NamedFile } from "../../contracts/component.js";
import type { JsonObject } from "../../contracts/json.js";

/** The schema files that keys of a config name. */
export function schemaFiles(config: JsonObject, keys: readonly string[]): readonly NamedFile[] {
  return keys.flatMap((key) => {
    const file = config[key];
    return typeof file === "string" ? [{ path: [key], file, what: "schema file" }] : [];
  });
}
