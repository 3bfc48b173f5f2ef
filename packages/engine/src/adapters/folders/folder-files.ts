import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { WatchedFile } from "../../contracts/watcher.js";
import { type GlobPattern, globPattern } from "../../paths/glob-pattern.js";
import { resolveInside } from "../../paths/resolve-inside.js";

/** A folder that is watched, and which of its files. */
export type Place = {
  readonly project: string;
  readonly roots: readonly string[];
  /** As the document says it, relative to the project. */
  readonly folder: string;
  /** Where it really lies. */
  readonly real: string;
};

export type FileName = { readonly name: string; readonly isLink: boolean };

/** A pattern over names; one that stands for too much fits nothing. */
export function namePattern(pattern: string): GlobPattern["matches"] {
  return globPattern(pattern)?.matches ?? (() => false);
}

/** Names of the files, and of the links, that fit; in the order of their UTF-16 units. */
export async function fittingNames(real: string, fits: GlobPattern["matches"]): Promise<readonly FileName[]> {
  const entries = await readdir(real, { withFileTypes: true });
  return entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && fits(entry.name))
    .map((entry) => ({ name: entry.name, isLink: entry.isSymbolicLink() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A file as it lies there now. Undefined: it is gone, is no file, or is a link that leads out of the allowed folders. */
export async function fileNow(place: Place, { name, isLink }: FileName): Promise<WatchedFile | undefined> {
  const path = place.folder === "" || place.folder === "." ? name : `${place.folder}/${name}`;
  const found = await statOf(place, path, name, isLink);
  if (found === undefined) return undefined;
  const { size, mtimeMs } = found;
  return { path, sizeBytes: size, modifiedAt: Math.trunc(mtimeMs), key: `${path}|${size}|${mtimeMs}` };
}

async function statOf(place: Place, path: string, name: string, isLink: boolean) {
  try {
    if (!isLink) {
      const own = await lstat(join(place.real, name));
      return own.isFile() ? own : undefined;
    }
    const target = resolveInside(place.project, place.roots, path);
    const behind = target.status === "found" ? await stat(target.real) : undefined;
    return behind?.isFile() === true ? behind : undefined;
  } catch {
    return undefined;
  }
}
