import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

type Secrets = { readonly [name: string]: string };

/** The config with each `${secret:NAME}` in its texts filled in. Throws E_SECRET for a secret that was not handed over. */
export function fillSecrets(config: JsonObject, secrets: Secrets): JsonObject {
  return filled(config, secrets) as JsonObject;
}

function filled(value: Json, secrets: Secrets): Json {
  if (typeof value === "string") return value.includes("${secret:") ? filledText(value, secrets) : value;
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  return members.length === 0 ? {} : Object.fromEntries(members.map(([key, member]) => [key, filled(member, secrets)]));
}

function filledText(text: string, secrets: Secrets): string {
  return text.replace(/\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) throw nanobrainError("E_SECRET", { name });
    return value;
  });
}
