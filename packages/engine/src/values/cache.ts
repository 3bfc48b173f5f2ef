import type { ComponentCall } from "../contracts/executor.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { CacheEntry } from "../contracts/store.js";
import type { CacheNote, PortValues } from "../kernel/event.js";
import type { KeyParts, RunSettings, ValueParts } from "./parts.js";
import { canonical, hashOf } from "./values.js";

/**
 * A result's key and the parts it is made of: class, version, config, code, programs and the content of each input. Kept by
 * part, so that a miss names what changed. `run`: shared by all runs of the step of this workflow; `shared`: by any step.
 */
export type CacheKey = {
  readonly key: string;
  readonly place: string;
  readonly parts: { readonly [part: string]: string };
};

type Where = { readonly place: string; readonly ports: string; readonly scope: "run" | "shared" };

/** At once where neither the component nor an input has to be waited for. */
export function cacheKey(
  parts: ValueParts,
  settings: RunSettings,
  component: ComponentCall,
  inputs: PortValues,
  where: Where,
): CacheKey | Promise<CacheKey> {
  const own = parts.fingerprint(component, settings.folders);
  const hashes = Object.values(inputs).map((handle) => parts.values.hash(handle));
  if (!(own instanceof Promise) && hashes.every(isText))
    return keyOf(component, own, Object.keys(inputs), hashes, where);
  return Promise.all([own, ...hashes]).then(([print, ...found]) =>
    keyOf(component, print, Object.keys(inputs), found as string[], where),
  );
}

const isText = (hash: string | Promise<string>): hash is string => typeof hash === "string";

function keyOf(
  component: ComponentCall,
  own: KeyParts,
  ports: readonly string[],
  hashes: readonly string[],
  where: Where,
): CacheKey {
  const { place, scope } = where;
  const found: { [part: string]: string } = { class: `${component.class} ${component.version}` };
  if (where.ports !== "") found["ports"] = where.ports;
  Object.assign(found, own);
  for (const [name, value] of Object.entries(component.config)) found[`config.${name}`] = hashOfConfig(value);
  for (let at = 0; at < ports.length; at++) found[`input.${ports[at]}`] = hashes[at] as string;
  return { key: hashOf(sortedText(found, scope === "run" ? place : undefined)), place, parts: found };
}

/** As `canonical` writes it. */
function sortedText(found: KeyParts, place: string | undefined): string {
  const names = Object.keys(found);
  if (place !== undefined && !("place" in found)) names.push("place");
  let text = "{";
  for (const name of inOrder(names)) {
    const value = name === "place" && place !== undefined ? place : (found[name] as string);
    text += `${text === "{" ? "" : ","}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  return `${text}}`;
}

let lastNames: readonly string[] = [];
let lastOrder: readonly string[] = [];

/** Steps of one class after the other have the same names. */
function inOrder(names: readonly string[]): readonly string[] {
  if (names.length === lastNames.length && names.every((name, at) => name === lastNames[at])) return lastOrder;
  lastNames = names;
  lastOrder = [...names].sort();
  return lastOrder;
}

/** Hashes of short settings, which most steps of a class share. */
const knownHashes = new Map<string, string>();
const mostKnown = 1000;

function hashOfConfig(value: Json): string {
  const text = canonical(value);
  if (text.length > 32) return hashOf(text);
  const known = knownHashes.get(text);
  if (known !== undefined) return known;
  const made = hashOf(text);
  if (knownHashes.size < mostKnown) knownHashes.set(text, made);
  return made;
}

export type Looked = { readonly note: CacheNote; readonly outputs?: { readonly [port: string]: Handle } };

/** What the cache has for a key, whole, if that can be said at once. */
export function hitAtOnce(parts: ValueParts, key: CacheKey): Looked | undefined {
  const entry = parts.store.cached(key.key);
  if (entry === undefined || entry instanceof Promise) return undefined;
  return Object.values(entry.outputs).every(isInline) ? hit(key, entry) : undefined;
}

export async function lookUp(parts: ValueParts, key: CacheKey): Promise<Looked> {
  const entry = await parts.store.cached(key.key);
  if (entry !== undefined && (await isWhole(parts, Object.values(entry.outputs)))) return hit(key, entry);
  const before = await parts.store.lastCached(key.place);
  const changed = before === undefined ? undefined : changedParts(before, key.parts);
  return {
    note: {
      key: key.key,
      outcome: "miss",
      ...(before === undefined ? {} : { from: before.runId }),
      ...(changed === undefined ? {} : { changed }),
    },
  };
}

function hit({ key }: CacheKey, { runId, outputs }: CacheEntry): Looked {
  return { note: { key, outcome: "hit", from: runId }, outputs };
}

function changedParts(before: CacheEntry, now: { readonly [part: string]: string }): string[] {
  const names = new Set([...Object.keys(before.parts), ...Object.keys(now)]);
  return [...names].filter((name) => before.parts[name] !== now[name]).sort();
}

/** A hit counts only if every byte it names is still there, files inside values included. */
async function isWhole(parts: ValueParts, handles: readonly Handle[]): Promise<boolean> {
  for (const handle of handles) {
    if ("blob" in handle && !(await parts.blobs.has(handle.blob))) return false;
    for (const hash of filesIn(await parts.values.load(handle))) if (!(await parts.blobs.has(hash))) return false;
  }
  return true;
}

/** A value that stands in the journal whole, with no file in it. */
function isInline(handle: Handle): boolean {
  return "json" in handle && (typeof handle.json !== "object" || filesIn(handle.json).length === 0);
}

function filesIn(value: Json): string[] {
  if (typeof value !== "object" || value === null) return [];
  const members = Array.isArray(value) ? (value as readonly Json[]) : Object.values(value);
  const own =
    !Array.isArray(value) && typeof (value as { $file?: unknown }).$file === "string"
      ? [(value as { $file: string }).$file]
      : [];
  return [...own, ...members.flatMap(filesIn)];
}
