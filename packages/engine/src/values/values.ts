import { hash as hashAtOnce } from "node:crypto";
import type { Blobs } from "../contracts/blobs.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";

/** Values up to this many characters of JSON stand in the journal; larger ones become blobs. */
export const INLINE_LIMIT = 8192;
/** A list the engine put together is written out once it has more items than this. */
const LIST_LIMIT = 64;
const KEPT_BLOBS = 8;

/** Turns values into handles and back. Reading the same large value again soon costs no second read. */
export class Values {
  readonly #blobs: Blobs;
  readonly #kept = new Map<string, Json>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** At once, unless the value is large. */
  save(value: Json): Handle | Promise<Handle> {
    if (spare(value, INLINE_LIMIT) >= 0) return { json: value };
    const text = JSON.stringify(value);
    return text.length <= INLINE_LIMIT ? { json: value } : this.#put(text);
  }

  async #put(text: string): Promise<Handle> {
    const bytes = Buffer.from(text, "utf8");
    return { blob: await this.#blobs.put(bytes), sizeBytes: bytes.length };
  }

  /** At once where everything stands in the journal. */
  load(handle: Handle): Json | Promise<Json> {
    if ("json" in handle) return handle.json;
    if ("list" in handle) return this.#list(handle.list);
    if ("of" in handle) return this.#item(handle.of, handle.item);
    return this.#kept.get(handle.blob) ?? this.#read(handle.blob);
  }

  async #read(blob: string): Promise<Json> {
    const value = JSON.parse(Buffer.from(await this.#blobs.get(blob)).toString("utf8")) as Json;
    this.#kept.set(blob, value);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > KEPT_BLOBS && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }

  #list(handles: readonly Handle[]): Json | Promise<Json> {
    const items = handles.map((item) => this.load(item));
    return items.some((item) => item instanceof Promise) ? Promise.all(items as Promise<Json>[]) : (items as Json[]);
  }

  #item(of: Handle, item: number): Json | Promise<Json> {
    if ("list" in of) return this.load(of.list[item] ?? { json: null });
    const list = this.load(of);
    return list instanceof Promise ? list.then((loaded) => itemOf(loaded, item)) : itemOf(list, item);
  }

  /** A handle that may be journaled: items become values of their own, long lists are written out. */
  journaled(handle: Handle): Handle | Promise<Handle> {
    const isItem = "of" in handle;
    const isLong = "list" in handle && handle.list.length > LIST_LIMIT;
    return isItem || isLong ? this.#writtenOut(handle) : handle;
  }

  async #writtenOut(handle: Handle): Promise<Handle> {
    return this.save(await this.load(handle));
  }

  loadAll(handles: { readonly [port: string]: Handle }): Filled<Json> | Promise<Filled<Json>> {
    return fillPorts(handles, (handle) => this.load(handle));
  }

  saveAll(values: { readonly [port: string]: Json }): Filled<Handle> | Promise<Filled<Handle>> {
    return fillPorts(values, (value) => this.save(value));
  }

  /** Content hash of a value, the same wherever it is kept. */
  hash(handle: Handle): string | Promise<string> {
    if ("blob" in handle) return handle.blob;
    const value = this.load(handle);
    return value instanceof Promise ? value.then((late) => hashOf(canonical(late))) : hashOf(canonical(value));
  }
}

export function hashOf(text: string): string {
  return hashAtOnce("sha256", text);
}

/** JSON text with sorted keys: equal values give equal texts. */
export function canonical(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(value, (_key, part: Json) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

type Filled<Value> = { [port: string]: Value };

/** The same ports with what is found for each, at once where nothing has to be waited for. */
function fillPorts<Given, Found extends object | Json>(
  given: { readonly [port: string]: Given },
  find: (value: Given) => Found | Promise<Found>,
): Filled<Found> | Promise<Filled<Found>> {
  const found: Filled<Found> = {};
  const later: Promise<void>[] = [];
  for (const port of Object.keys(given)) {
    const value = find(given[port] as Given);
    if (value instanceof Promise) later.push(value.then((late) => void setPort(found, port, late)));
    setPort(found, port, value as Found);
  }
  return later.length === 0 ? found : Promise.all(later).then(() => found);
}

/** Ports may have any name, `__proto__` among them. */
function setPort<Value>(ports: Filled<Value>, port: string, value: Value): void {
  if (port !== "__proto__") ports[port] = value;
  else Object.defineProperty(ports, port, { value, enumerable: true, writable: true, configurable: true });
}

function itemOf(list: Json, item: number): Json {
  return Array.isArray(list) ? ((list[item] as Json | undefined) ?? null) : null;
}

/** Characters of JSON text that are left of so many, or a number below 0 where there may be none: never more than there are. */
function spare(value: Json, characters: number): number {
  switch (typeof value) {
    case "number":
      return characters - 25;
    case "boolean":
      return characters - 5;
    case "string":
      return characters - 2 - 6 * value.length;
    case "object":
      return value === null ? characters - 4 : spareOfMembers(value, characters - 2);
    default:
      return -1;
  }
}

function spareOfMembers(value: object, characters: number): number {
  let left = characters;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at++) left = spare(value[at] as Json, left - 1);
    return left;
  }
  for (const key of Object.keys(value)) {
    if (left < 0) return left;
    left = spare((value as { readonly [key: string]: Json })[key] as Json, left - 4 - 6 * key.length);
  }
  return left;
}
