import type { Json, JsonObject } from "../contracts/json.js";
import { type At, below, complain, foundText, labelOf } from "./at.js";
import { invisibleCharacter, lookAlike } from "./characters.js";
import { didYouMean } from "./nearest.js";
import type { Node } from "./node.js";
import { quoted } from "./path-text.js";
import type { TreePlaces } from "./places.js";

/** Readers of single values. Each gives undefined after reporting what is wrong; a value reported before is passed over. */

export type Bounds = { readonly least?: number; readonly most?: number };

export function wrongType(at: At, expected: string, hint?: string): undefined {
  if (at.node.kind === "scalar" && at.node.faulty === true) return undefined;
  complain(at, "E_TYPE", `${labelOf(at)} is ${foundText(at.node)}: ${expected} is expected`, { hint });
  return undefined;
}

export function readText(at: At): string | undefined {
  const text = textOf(at.node);
  return text === undefined ? wrongType(at, "text") : text;
}

/** Text that names code or a class: environment references are refused in it. */
export function readCode(at: At): string | undefined {
  const text = readText(at);
  if (text === undefined || !refers(at.node)) return text;
  complain(at, "E_ENV", `${labelOf(at)} holds an environment reference, which is not replaced there`, {
    hint: "write it out; let values come in through config, inputs or data units",
  });
  return undefined;
}

/** Text as written also for plain numbers, such as `version: 1.0`. */
export function readVersion(at: At): string | undefined {
  if (at.node.kind === "scalar" && typeof at.node.value === "number") return at.node.environmentText ?? at.node.text;
  return readText(at);
}

export function readNumber(at: At, bounds: Bounds = {}): number | undefined {
  const value = at.node.kind === "scalar" ? at.node.value : undefined;
  if (typeof value !== "number") return wrongType(at, "a number", numberHint(value));
  return inRange(at, value, bounds, String);
}

export function readWhole(at: At, bounds: Bounds = {}): number | undefined {
  const value = at.node.kind === "scalar" ? at.node.value : undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) return wrongType(at, "a whole number", numberHint(value));
  return inRange(at, value, bounds, String);
}

/** Undefined and reported when the value is outside; `write` says a bound in the unit people used. */
export function inRange(
  at: At,
  value: number,
  { least, most }: Bounds,
  write: (bound: number) => string,
): number | undefined {
  if (least !== undefined && value < least) {
    complain(at, "E_RANGE", `${labelOf(at)} is ${foundText(at.node)}: at least ${write(least)} is expected`);
    return undefined;
  }
  if (most !== undefined && value > most) {
    complain(at, "E_RANGE", `${labelOf(at)} is ${foundText(at.node)}: at most ${write(most)} is allowed`);
    return undefined;
  }
  return value;
}

export function readFlag(at: At): boolean | undefined {
  const value = at.node.kind === "scalar" ? at.node.value : undefined;
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" && /^(?:yes|no|on|off|true|false|y|n)$/i.test(value);
  return wrongType(
    at,
    "true or false",
    word ? "write true or false, unquoted: yes, no, on and off are text in YAML 1.2" : undefined,
  );
}

export function readChoice<Choice extends string>(
  at: At,
  choices: readonly Choice[],
  others: Readonly<Record<string, Choice>> = {},
): Choice | undefined {
  const list = choices.join(", ");
  const text = textOf(at.node);
  if (text === undefined) return wrongType(at, `one of ${list}`);
  const found = choices.find((choice) => choice === text) ?? (Object.hasOwn(others, text) ? others[text] : undefined);
  if (found !== undefined) return found;
  const hint = didYouMean(text, [...choices, ...Object.keys(others)]) ?? `one of ${list}`;
  complain(at, "E_ENUM", `${labelOf(at)} is ${foundText(at.node)}: one of ${list} is expected`, { hint });
  return undefined;
}

/** A list of texts; a single text counts as a list of one. */
export function readTexts(at: At): string[] | undefined {
  if (at.node.kind === "list")
    return itemsOf(at)
      .map((item) => readText(item))
      .filter((text) => text !== undefined);
  const text = textOf(at.node);
  return text === undefined ? wrongType(at, "a list of texts") : [text];
}

export function itemsOf(at: At): At[] {
  return at.node.kind === "list" ? at.node.items.map((node, i) => below(at, i, node)) : [];
}

/** Plain data, as it will be seen by the component it is for. */
export function jsonOf(at: At): Json {
  return toJson(at.reading.places, at.node);
}

/** A map as plain data, leaving out the keys that are read otherwise. */
export function objectOf(at: At, without: readonly string[] = []): JsonObject {
  const node = at.reading.places.contentOf(at.node);
  if (node.kind !== "map") return {};
  const object: { [key: string]: Json } = {};
  for (const [name, { value }] of node.entries) {
    if (!without.includes(name)) object[name] = toJson(at.reading.places, value);
  }
  return object;
}

function toJson(places: TreePlaces, written: Node): Json {
  const node = places.contentOf(written);
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map((item) => toJson(places, item));
    case "map":
      return Object.fromEntries([...node.entries].map(([name, { value }]) => [name, toJson(places, value)]));
  }
}

/** Checks an id that is written as a key or as text. The id is used even if it is faulty, so that what names it is found. */
export function checkId(at: Pick<At, "reading" | "path">, id: string, what: string, part: "key" | "value"): void {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,127}$/.test(id) || id.includes("\ufffd")) return;
  if (part === "key" && isOddKey(id)) return;
  const odd = invisibleCharacter(id) ?? lookAlike(id, "anywhere");
  if (odd !== undefined) {
    complain(at, "E_ENCODING", `${what} ${quoted(id)} holds ${odd.description}`, { part, hint: "type the name anew" });
    return;
  }
  const hint = id.length > 128 ? "at most 128 characters" : idHint(id);
  complain(at, "E_NAME", `${what} ${quoted(id)} is no id: [A-Za-z][A-Za-z0-9_-]{0,127} is expected`, { part, hint });
}

/** Keys of this kind are reported where the file is parsed. */
export function isOddKey(key: string): boolean {
  return key.includes("\ufffd") || invisibleCharacter(key) !== undefined || lookAlike(key, "in words") !== undefined;
}

function idHint(id: string): string {
  const plain = id
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_-]+/g, "_")
    .replace(/^[^A-Za-z]+|_+$/g, "");
  return plain === "" ? "start with a letter; then letters, digits, _ and -" : `for example ${plain.slice(0, 60)}`;
}

function textOf(node: Node): string | undefined {
  if (node.kind !== "scalar") return undefined;
  return typeof node.value === "string" ? node.value : node.environmentText;
}

export function refers(node: Node): boolean {
  return node.kind === "scalar" && node.referring === true;
}

function numberHint(value: unknown): string | undefined {
  return typeof value === "string" && /^\s*[-+]?[\d_,.]+\s*$/.test(value)
    ? "write the number without quotes, _ or commas"
    : undefined;
}
