import type { Json, JsonObject } from "@nanobrain/engine";
import { familyName } from "./author-name.js";
import { type Reference, referenceOf } from "./reference.js";

/** References with keys of their own: those they have, else family name, year and a letter where several are alike. */
export function keyed(references: readonly Reference[]): readonly Reference[] {
  const taken = new Set<string>();
  for (const { key } of references) if (key !== "") taken.add(key);
  const given = new Set<string>();
  return references.map((one) => {
    const wanted = one.key !== "" && !given.has(one.key) ? one.key : freshKey(stemOf(one), taken);
    given.add(wanted);
    taken.add(wanted);
    return { ...one, key: wanted };
  });
}

/** Keys by which texts cite these records, `[@key]`, in their order. Objects without a title have none. */
export function citationKeys(records: readonly Json[]): readonly (string | undefined)[] {
  const read = records.map(referenceOf);
  const keys = keyed(read.flatMap((one) => one ?? [])).map((one) => one.key);
  return read.map((one) => (one === undefined ? undefined : keys.shift()));
}

/** The records with `key` filled in, as agents are told of them. */
export function withCitationKeys(records: readonly JsonObject[]): readonly JsonObject[] {
  const keys = citationKeys(records);
  return records.map((one, index) => (keys[index] === undefined ? one : { ...one, key: keys[index] ?? "" }));
}

function stemOf(one: Reference): string {
  const name =
    one.authors[0] === undefined
      ? (one.title.split(" ").find((word) => word.length > 3) ?? "ref")
      : familyName(one.authors[0]);
  const plain = name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
  return `${plain === "" ? "ref" : plain.slice(0, 40)}${one.year ?? ""}`;
}

/** `smith2020`, then `smith2020b`, ... `z`, then `smith2020-27`. */
function freshKey(stem: string, taken: ReadonlySet<string>): string {
  for (let at = 1; ; at++) {
    const key = at === 1 ? stem : at <= 26 ? `${stem}${String.fromCharCode(96 + at)}` : `${stem}-${at}`;
    if (!taken.has(key)) return key;
  }
}
