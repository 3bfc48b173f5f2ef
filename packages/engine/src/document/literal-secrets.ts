import type { Json } from "../contracts/json.js";
import type { Path } from "./document.js";
import { looksSecret, secretsIn } from "./secrets.js";

/** A secret that stands as it is in a config, at `path`: `texts` are what must not be seen. */
export type LiteralSecret = { readonly path: Path; readonly texts: readonly string[] };

/** Shorter texts in fields for secrets are placeholders, and would blot out too much. */
const leastCharacters = 6;

/**
 * Secrets in a config: texts in fields that its class marks (`fields`, at any depth; of a map in such a field the members with
 * secret-looking names), and what has a well-known shape of keys and tokens wherever it stands.
 */
export function literalSecrets(config: Json, fields: readonly string[]): readonly LiteralSecret[] {
  const found: LiteralSecret[] = [];
  const look = (value: Json, path: Path): void => {
    if (typeof value === "string") {
      const texts = isMarked(path, fields) ? wholeText(value) : secretsIn(value);
      if (texts.length > 0) found.push({ path, texts });
    } else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value))
        look(inner as Json, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  look(config, []);
  return found;
}

/** Of these maps only some members are secrets. */
const mixed = ["headers", "env"];

function isMarked(path: Path, fields: readonly string[]): boolean {
  const [owner, last] = [String(path.at(-2)), path.at(-1)];
  if (typeof last !== "string") return false;
  if (fields.includes(owner)) return !mixed.includes(owner) || isSecretName(last);
  return fields.includes(last) && !mixed.includes(last);
}

const isSecretName = (name: string): boolean => looksSecret(name) || /[-_]key$/i.test(name);

/** References are no secrets, and no text that is filled in later. */
function wholeText(value: string): readonly string[] {
  const text = value.replace(/^(?:Bearer|Basic|Token)\s+/i, "").trim();
  return text.length < leastCharacters || /\$\{|\{\{/.test(text) ? [] : [text];
}
