import { isFileValue, type Json, type JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

/**
 * What a text is for, which decides how a value is put into it.
 * - `plain`: text. A text that is one reference and nothing else becomes the value itself, of whatever type.
 * - `argument`: one argument of a program, always text, never split.
 * - `url`: an address: values are percent-encoded; only a reference at the very start may give scheme and host.
 * - `body`: as `plain` inside maps and lists; a body that is one long text is JSON, and values are encoded for it.
 * - `path`: a file name: a value is text, a number, true or false, or a file for its name, and may not climb, start at
 *   the root or name another drive. One reference alone may be a file value.
 * - `literal`: nothing is filled in.
 */
export type Place = "plain" | "argument" | "url" | "body" | "path" | "literal";

export type Inputs = { readonly [port: string]: Json };

/** `{{ port }}`, `{{ port.field }}`, `{{ port.list[0] }}`. Anything else between braces is text. */
const REFERENCE = /\{\{\s*([A-Za-z][\w-]*)((?:\.[\w-]+|\[\d+\])*)\s*\}\}/g;

/**
 * A config with every reference filled in. `places` says what the texts under a top-level key are for; others are
 * `plain`. Keys of maps are never filled in. Throws E_PLACEHOLDER for an input or field that is not there, and
 * for a value that cannot stand where it is to go. `verbatim`: texts, such as secrets, in which nothing is a reference.
 */
export function interpolate(
  config: JsonObject,
  inputs: Inputs,
  places: { readonly [key: string]: Place } = {},
  verbatim: readonly string[] = [],
): JsonObject {
  const fixed = verbatim.filter((text) => text.includes("{"));
  const filled: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(config)) {
    const place = places[key] ?? "plain";
    filled[key] = place === "literal" ? value : fill(value, { inputs, place, key, isWhole: true, fixed });
  }
  return filled;
}

/** Names of the inputs a config refers to, each once, in order of appearance. */
export function referredInputs(config: Json): readonly string[] {
  if (typeof config === "string" && !config.includes("{{")) return [];
  const names = new Set<string>();
  const visit = (value: Json): void => {
    if (typeof value === "string") for (const [, port] of value.matchAll(REFERENCE)) names.add(port ?? "");
    else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) visit(item as Json);
  };
  visit(config);
  return [...names];
}

type Filling = {
  readonly inputs: Inputs;
  readonly place: Place;
  readonly key: string;
  /** The text is the key's whole value, not a part of a map or list. */
  readonly isWhole: boolean;
  /** Texts in which nothing is filled in. */
  readonly fixed: readonly string[];
};

function fill(value: Json, filling: Filling): Json {
  if (typeof value === "string") return fillText(value, filling);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return value.map((item: Json, i) => fill(item, { ...filling, key: `${filling.key}[${i}]`, isWhole: false }));
  const filled: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value))
    filled[key] = fill(item as Json, { ...filling, key: `${filling.key}.${key}`, isWhole: false });
  return filled;
}

function fillText(text: string, filling: Filling): Json {
  if (!text.includes("{{")) return text;
  const parts = [...text.matchAll(REFERENCE)].filter((part) => !touches(text, part, filling.fixed));
  const [only] = parts;
  if (only === undefined) return text;
  if (parts.length === 1 && only[0].length === text.trim().length) return alone(only, filling);
  let made = "";
  let end = 0;
  for (const part of parts) {
    const before = text.slice(end, part.index);
    made += before;
    made += encode(lookUp(part, filling), part, filling, made);
    end = part.index + part[0].length;
  }
  made += text.slice(end);
  if (filling.place === "path") refuseClimbing(made, text, filling);
  return made;
}

/** Whether some of a reference lies in one of the texts. */
function touches(text: string, { index, 0: whole }: RegExpExecArray, fixed: readonly string[]): boolean {
  return fixed.some((one) => {
    const at = text.indexOf(one, Math.max(0, index - one.length + 1));
    return at >= 0 && at < index + whole.length;
  });
}

function alone(part: RegExpExecArray, filling: Filling): Json {
  const value = lookUp(part, filling);
  switch (filling.place) {
    case "argument":
      return asArgument(value, part, filling);
    case "url":
      return address(value, part, filling);
    case "path":
      return isFileValue(value) ? value : nameText(value, part, filling);
    default:
      return value;
  }
}

function encode(value: Json, part: RegExpExecArray, filling: Filling, before: string): string {
  switch (filling.place) {
    case "argument":
      return asArgument(value, part, filling);
    case "url":
      return before === "" ? address(value, part, filling) : percentEncoded(value, part, filling);
    case "path":
      return pathPart(value, part, filling);
    case "body":
      return filling.isWhole ? inJson(value, before) : printed(value);
    default:
      return printed(value);
  }
}

function lookUp([whole, port = "", rest = ""]: RegExpExecArray, filling: Filling): Json {
  const { inputs } = filling;
  const refuse = (what: string): Error => refusal(whole, filling, what);
  if (!Object.hasOwn(inputs, port)) {
    const names = Object.keys(inputs).slice(0, 12).join(", ");
    throw refuse(
      names === ""
        ? `there is no input ${port}: the step has no inputs`
        : `there is no input ${port}: there are ${names}`,
    );
  }
  let value = inputs[port] ?? null;
  let path = port;
  for (const [, name, index] of rest.matchAll(/\.([\w-]+)|\[(\d+)\]/g)) {
    const inner = member(value, name ?? index ?? "");
    if (inner === undefined)
      throw refuse(`${path} has no ${index === undefined ? `field ${name}` : `element ${index}`}`);
    value = inner;
    path += index === undefined ? `.${name}` : `[${index}]`;
  }
  return value;
}

function member(value: Json, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || name === "__proto__" || name === "length") return undefined;
  return Object.hasOwn(value, name) ? ((value as JsonObject)[name] as Json) : undefined;
}

function refusal(reference: string, { key }: Filling, what: string): Error {
  return nanobrainError("E_PLACEHOLDER", { reference, key, what });
}

/** A value as text: a file by its name, maps and lists as JSON. */
function printed(value: Json): string {
  if (isFileValue(value)) return value.name;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function asArgument(value: Json, [reference]: RegExpExecArray, filling: Filling): string {
  const text = printed(value);
  if (text.includes("\0")) throw refusal(reference, filling, "an argument cannot hold the character NUL");
  return text;
}

/** The start of an address, scheme and host included, as it is given. */
function address(value: Json, [reference]: RegExpExecArray, filling: Filling): string {
  if (typeof value === "string" && /^https?:\/\/[^/\s]/i.test(value) && URL.canParse(value)) return value;
  throw refusal(reference, filling, "an address that starts with http:// or https:// is expected");
}

function percentEncoded(value: Json, [reference]: RegExpExecArray, filling: Filling): string {
  const text = printed(value);
  if (/^\.+$/.test(text)) throw refusal(reference, filling, `${JSON.stringify(text)} would climb in the address`);
  if (/\p{Surrogate}/u.test(text)) throw refusal(reference, filling, "the text holds half of a surrogate pair");
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Inside quotes the value's text, escaped; outside them the value as JSON. */
function inJson(value: Json, before: string): string {
  const quotes = before.replace(/\\./gs, "").split('"').length - 1;
  return quotes % 2 === 0 ? JSON.stringify(value) : JSON.stringify(printed(value)).slice(1, -1);
}

/** JSON is no name: a map or list where a name is expected is a slip. */
function nameText(value: Json, [reference]: RegExpExecArray, filling: Filling): string {
  if (typeof value !== "object" || isFileValue(value)) return printed(value);
  const found = value === null ? "null" : Array.isArray(value) ? "a list" : "a map";
  throw refusal(reference, filling, `the value is ${found}, a name is expected`);
}

function pathPart(value: Json, part: RegExpExecArray, filling: Filling): string {
  const text = nameText(value, part, filling);
  const fault = pathFault(text);
  if (fault !== undefined) throw refusal(part[0], filling, fault);
  return text;
}

function hasForbidden(text: string): boolean {
  return text.includes("\\") || [...text].some((character) => character < " " || character === "\u007f");
}

function pathFault(text: string): string | undefined {
  if (text === "") return "the value is empty";
  if (hasForbidden(text)) return "a path part cannot hold a backslash or control characters";
  if (/^[/~]|^[A-Za-z]:/.test(text)) return "a path part cannot start at a root";
  return text.split("/").some((name) => /^\.+$/.test(name)) ? "a path part cannot climb" : undefined;
}

/** Parts that are harmless alone can make `..` together. */
function refuseClimbing(made: string, written: string, filling: Filling): void {
  const climbs = (path: string): number => path.split("/").filter((name) => name === "..").length;
  if (climbs(made) > climbs(written)) throw refusal(written, filling, "the path would climb");
}
