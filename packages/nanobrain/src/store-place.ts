import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
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

function nearestStore(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const store = join(at, storeName);
    if (existsSync(store)) return store;
    if (dirname(at) === at) return undefined;
  }
}
