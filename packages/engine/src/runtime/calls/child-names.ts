import { createHash } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The id of a run that a step calls: the same for all attempts of the same work. It begins as its caller's does, and so sorts beside
 * it. `turn` counts runs of the same call that were cancelled.
 */
export function childId(caller: string, key: string, name: string, turn: number): string {
  const bytes = createHash("sha256")
    .update(JSON.stringify([key, name, turn]))
    .digest();
  return `${caller.slice(0, 10)}${[...bytes.subarray(0, 16)].map((byte) => ALPHABET.charAt(byte % 32)).join("")}`;
}

/** Its name tells whose it is, such as `brave-franklin.search-7k2m`. */
export function childName(caller: string, name: string, id: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40);
  return `${caller}.${slug === "" ? "call" : slug}-${id.slice(-6).toLowerCase()}`;
}
