import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Call, text } from "./call.js";

/** Folder name of a store. */
const storeName = ".nanobrain";

/**
 * Where the runs are: `--store`, else `NANOBRAIN_STORE`, else `.nanobrain` in the nearest folder at or above the current
 * one that has it, else beside the document. Undefined: nowhere, and no document is named.
 */
export function storePlace(call: Call, document?: string): string | undefined {
  const { folder, environment } = call.terminal;
  const given = text(call, "store") ?? environment["NANOBRAIN_STORE"];
  if (given !== undefined && given !== "") return resolve(folder, given);
  const near = nearestStore(folder);
  if (near !== undefined) return near;
  return document === undefined ? undefined : join(dirname(resolve(folder, document)), storeName);
}

/**
 * What a command typed in the present folder needs behind a run's name to find a store: nothing where it is found
 * anyway, else ` --store DIR`.
 */
export function storeSuffix(call: Call, used: string): string {
  const { folder, environment } = call.terminal;
  const variable = environment["NANOBRAIN_STORE"];
  const found = variable !== undefined && variable !== "" ? resolve(folder, variable) : nearestStore(folder);
  if (found === used) return "";
  const near = relative(folder, used);
  const path = near.length < used.length ? near : used;
  return ` --store ${/^[\w./@+-]+$/.test(path) ? path : JSON.stringify(path)}`;
}

function nearestStore(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const store = join(at, storeName);
    if (existsSync(store)) return store;
    if (dirname(at) === at) return undefined;
  }
}
