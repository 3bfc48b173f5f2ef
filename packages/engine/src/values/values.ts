import { createHash } from "node:crypto";
import type { Blobs } from "../contracts/blobs.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";

/** Values up to this many characters of JSON stand in the journal; larger ones become blobs. */
const INLINE_LIMIT = 8192;
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

  async save(value: Json): Promise<Handle> {
    const text = JSON.stringify(value);
    if (text.length <= INLINE_LIMIT) return { json: value };
    const bytes = Buffer.from(text, "utf8");
    const blob = await this.#blobs.put(bytes);
    return { blob, sizeBytes: bytes.length };
  }

  async load(handle: Handle): Promise<Json> {
    if ("json" in handle) return handle.json;
    if ("list" in handle) return Promise.all(handle.list.map((item) => this.load(item)));
    if ("of" in handle) return this.#item(handle.of, handle.item);
    const kept = this.#kept.get(handle.blob);
    if (kept !== undefined) return kept;
    const value = JSON.parse(Buffer.from(await this.#blobs.get(handle.blob)).toString("utf8")) as Json;
    this.#kept.set(handle.blob, value);
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > KEPT_BLOBS && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }

  async #item(of: Handle, item: number): Promise<Json> {
    if ("list" in of) return this.load(of.list[item] ?? { json: null });
    const list = await this.load(of);
    return Array.isArray(list) ? ((list[item] as Json | undefined) ?? null) : null;
  }

  /** A handle that may be journaled: items become values of their own, long lists are written out. */
  async journaled(handle: Handle): Promise<Handle> {
    if ("of" in handle) return this.save(await this.load(handle));
    if ("list" in handle && handle.list.length > LIST_LIMIT) return this.save(await this.load(handle));
    return handle;
  }

  async loadAll(handles: { readonly [port: string]: Handle }): Promise<{ [port: string]: Json }> {
    const entries = Object.entries(handles);
    const values = await Promise.all(entries.map(([, handle]) => this.load(handle)));
    return Object.fromEntries(entries.map(([port], index) => [port, values[index] ?? null]));
  }

  async saveAll(values: { readonly [port: string]: Json }): Promise<{ [port: string]: Handle }> {
    const entries = Object.entries(values);
    const handles = await Promise.all(entries.map(([, value]) => this.save(value)));
    return Object.fromEntries(entries.map(([port], index) => [port, handles[index] as Handle]));
  }

  /** Content hash of a value, the same wherever it is kept. */
  async hash(handle: Handle): Promise<string> {
    if ("blob" in handle) return handle.blob;
    return hashOf(canonical(await this.load(handle)));
  }
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** JSON text with sorted keys: equal values give equal texts. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
