import type { ComponentCall } from "../contracts/executor.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { CacheEntry } from "../contracts/store.js";
import type { CacheNote, PortValues } from "../kernel/event.js";
import type { RunSettings, ValueParts } from "./parts.js";
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

export async function cacheKey(
  parts: ValueParts,
  settings: RunSettings,
  component: ComponentCall,
  inputs: PortValues,
  where: { readonly place: string; readonly ports: string; readonly scope: "run" | "shared" },
): Promise<CacheKey> {
  const { place, ports, scope } = where;
  const found: { [part: string]: string } = {
    class: `${component.class} ${component.version}`,
    ...(ports === "" ? {} : { ports }),
    ...(await parts.fingerprint(component, settings.folders)),
  };
  for (const [name, value] of Object.entries(component.config)) found[`config.${name}`] = hashOf(canonical(value));
  for (const [port, handle] of Object.entries(inputs)) found[`input.${port}`] = await parts.values.hash(handle);
  const key = hashOf(canonical({ ...found, ...(scope === "run" ? { place } : {}) } as Json));
  return { key, place, parts: found };
}

export type Looked = { readonly note: CacheNote; readonly outputs?: { readonly [port: string]: Handle } };

export async function lookUp(parts: ValueParts, key: CacheKey): Promise<Looked> {
  const entry = await parts.store.cached(key.key);
  if (entry !== undefined && (await isWhole(parts, Object.values(entry.outputs)))) {
    return { note: { key: key.key, outcome: "hit", from: entry.runId }, outputs: entry.outputs };
  }
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

function filesIn(value: Json): string[] {
  if (typeof value !== "object" || value === null) return [];
  const members = Array.isArray(value) ? (value as readonly Json[]) : Object.values(value);
  const own =
    !Array.isArray(value) && typeof (value as { $file?: unknown }).$file === "string"
      ? [(value as { $file: string }).$file]
      : [];
  return [...own, ...members.flatMap(filesIn)];
}
