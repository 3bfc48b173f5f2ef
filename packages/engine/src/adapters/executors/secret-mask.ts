import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

type Secrets = { readonly [name: string]: string };

/** Shorter secrets are not masked: they would blot out ordinary text. */
const minSecretLength = 4;
const minBase64Length = 8;

/**
 * Replaces the values of secrets in a text by `***`, also where they are URL-encoded, JSON-escaped, or inside base64 at
 * any offset. Undefined when there is nothing to mask.
 */
export function secretMask(secrets: Secrets): ((text: string) => string) | undefined {
  const spellings = new Set(
    Object.values(secrets)
      .filter((value) => value.length >= minSecretLength)
      .flatMap(spellingsOf),
  );
  if (spellings.size === 0) return undefined;
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|"), "g");
  return (text) => text.replace(pattern, "***");
}

function spellingsOf(secret: string): readonly string[] {
  const plain = [
    secret,
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "")),
    JSON.stringify(secret).slice(1, -1),
  ];
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= minBase64Length);
  return [...plain, ...lines, ...base64Of(secret)].filter((text) => text.length >= minSecretLength);
}

/** The characters that base64 of any text around the secret has in common, for each of the three offsets. */
function base64Of(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const found: string[] = [];
  for (let offset = 0; offset < 3; offset++) {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const stable = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    if (stable.length >= minBase64Length) found.push(stable, stable.replace(/\+/g, "-").replace(/\//g, "_"));
  }
  return found;
}

/** The config with each `${secret:NAME}` in its texts filled in. Throws E_SECRET for a secret that was not handed over. */
export function fillSecrets(config: JsonObject, secrets: Secrets): JsonObject {
  return filled(config, secrets) as JsonObject;
}

function filled(value: Json, secrets: Secrets): Json {
  if (typeof value === "string") return value.includes("${secret:") ? filledText(value, secrets) : value;
  if (Array.isArray(value)) return value.map((item: Json) => filled(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, secrets)]));
}

function filledText(text: string, secrets: Secrets): string {
  return text.replace(/\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) throw nanobrainError("E_SECRET", { name });
    return value;
  });
}
