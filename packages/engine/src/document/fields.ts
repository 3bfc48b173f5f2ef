import { type At, below, complain, labelOf } from "./at.js";
import { lookAlike } from "./characters.js";
import { didYouMean } from "./nearest.js";
import { quoted } from "./path-text.js";
import { checkId, isOddKey, wrongType } from "./values.js";

/** What may stand in a map, and what must. */
export type Shape = {
  /** What the map is, for messages: `step`, `link`. */
  readonly what: string;
  readonly known: ReadonlySet<string>;
  readonly required: readonly string[];
  /** Words people write instead of a known key. */
  readonly synonyms: Readonly<Record<string, string>>;
};

export function makeShape(
  what: string,
  known: readonly string[],
  required: readonly string[] = [],
  synonyms: Shape["synonyms"] = {},
): Shape {
  return { what, known: new Set(known), required, synonyms };
}

/** A map's values by key. */
export type Fields = {
  readonly at: At;
  /** Undefined: the key is absent, empty or null, or its value was reported. */
  get(key: string): At | undefined;
  /** The value also where it is null. */
  raw(key: string): At | undefined;
};

/** Reads a map of a known shape; reports unknown and missing keys. Undefined: it is no map. */
export function readFields(at: At, shape: Shape): Fields | undefined {
  if (at.node.kind !== "map") return wrongType(at, `a map (${shape.what})`);
  const entries = at.node.entries;
  const raw = (key: string): At | undefined => {
    const entry = entries.get(key);
    return entry === undefined ? undefined : below(at, key, entry.value);
  };
  const get = (key: string): At | undefined => {
    const value = raw(key);
    return value?.node.kind === "scalar" && value.node.value === null ? undefined : value;
  };
  let unreadable = false;
  for (const key of entries.keys()) {
    if (isKnown(shape, key)) continue;
    if (isOddKey(key)) unreadable = true;
    else unknownKey(at, shape, key);
  }
  // A key that cannot be read may be the one that is missing.
  if (!unreadable) for (const key of shape.required) if (isMissing(raw(key))) missing(at, shape, key);
  return { at, get, raw };
}

export type Named = { readonly name: string; readonly at: At };

/** The entries of a section: a map by name, or a list of maps that each have a `name`. Names are checked as ids. */
export function readNamed(at: At, what: string): Named[] {
  if (at.node.kind === "map") return [...at.node.entries].map(([name, { value }]) => byKey(at, what, name, value));
  if (at.node.kind === "list") return at.node.items.flatMap((node, i) => byItem(below(at, i, node), what));
  wrongType(at, `a map of ${what}s by name, or a list of ${what}s with name`);
  return [];
}

/** Reports the second use of a name. */
export function reportTwice(at: Pick<At, "reading" | "path">, what: string, name: string): void {
  complain(at, "E_DUP_NAME", `Name ${quoted(name)} of this ${what} is used before`, {
    part: "key",
    hint: "rename one of the two",
  });
}

function byKey(at: At, what: string, name: string, node: At["node"]): Named {
  const entry = below(at, name, node);
  checkId(entry, name, `Name of the ${what}`, "key");
  const inside = node.kind === "map" ? node.entries.get("name")?.value : undefined;
  if (inside !== undefined && !(inside.kind === "scalar" && inside.value === name)) {
    const message = `The ${what} is named ${quoted(name)} by its key, and differently by name`;
    complain({ ...at, path: [...entry.path, "name"] }, "E_CONFLICT", message, { hint: "remove name: the key says it" });
  }
  return { name, at: entry };
}

function byItem(at: At, what: string): Named[] {
  if (at.node.kind !== "map") {
    wrongType(at, `a map (${what}) with a name`);
    return [];
  }
  const node = at.node.entries.get("name")?.value;
  if (node === undefined || isMissing({ ...at, node })) {
    complain(at, "E_MISSING", `${labelOf(at)} has no name, which lists of ${what}s need`, { hint: "add name: ..." });
    return [];
  }
  const name = node.kind === "scalar" ? node.value : null;
  if (typeof name !== "string") {
    wrongType(below(at, "name", node), "text");
    return [];
  }
  checkId({ ...at, path: [...at.path, "name"] }, name, `Name of the ${what}`, "value");
  return [{ name, at }];
}

function isKnown(shape: Shape, key: string): boolean {
  return shape.known.has(key) || key === "metadata" || key.startsWith("x-");
}

function unknownKey(at: At, shape: Shape, key: string): void {
  const target = { ...at, path: [...at.path, key] };
  const twin = lookAlike(key, "anywhere");
  if (twin !== undefined) {
    complain(target, "E_ENCODING", `Key ${quoted(key)} of the ${shape.what} holds ${twin.description}`, {
      part: "key",
      hint: "type the key anew",
    });
    return;
  }
  // Guessing costs: a document of nothing but unknown keys gets none after the first few hundred.
  const hint = keyHint(shape, key, at.reading.loading.faults.count < 300);
  complain(target, "E_UNKNOWN_KEY", `Key ${quoted(key)} of the ${shape.what} is not known`, { part: "key", hint });
}

function keyHint(shape: Shape, key: string, guessing: boolean): string {
  const synonym = Object.hasOwn(shape.synonyms, key) ? shape.synonyms[key] : undefined;
  if (synonym !== undefined) return `did you mean "${synonym}"?`;
  const near = guessing ? didYouMean(key, shape.known) : undefined;
  if (near !== undefined) return near;
  if (shape.known.has("config"))
    return "settings of the class stand under config; notes of your own under metadata or x-...";
  const list = [...shape.known].join(", ");
  return list.length < 100 ? `known here: ${list}` : "notes of your own stand under metadata or x-...";
}

function isMissing(value: At | undefined): boolean {
  return (
    value === undefined || (value.node.kind === "scalar" && value.node.value === null && value.node.faulty !== true)
  );
}

function missing(at: At, shape: Shape, key: string): void {
  const written = at.node.kind === "map" && at.node.entries.has(key);
  if (written) {
    const path = [...at.path, key];
    complain({ ...at, path }, "E_MISSING", `${key} is empty, which a ${shape.what} needs`, { part: "key" });
    return;
  }
  complain(at, "E_MISSING", `${labelOf(at)} lacks ${key}, which a ${shape.what} needs`, {
    part: "key",
    hint: `add ${key}: ...`,
  });
}
