import { type Dirent, readdirSync, statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { type GlobPattern, globPattern, isGlob } from "../../../paths/glob-pattern.js";
import { pathFault, pathParts } from "../../../paths/path-spelling.js";
import { resolveInside } from "../../../paths/resolve-inside.js";

export type FileSearch = {
  readonly root: string;
  readonly roots: readonly string[];
  readonly maxFiles: number;
  readonly signal: AbortSignal;
};

const maxEntries = 200_000;
const entriesPerTurn = 2_000;

/**
 * Paths from `root`, in the order of their UTF-16 units, of the regular files that a pattern names; a name without wildcards
 * finds itself, or nothing. Links are followed in the part before the first wildcard, and to files, where they lead inside;
 * folders behind links are not searched. Hidden names must be spelled out. Throws E_PATH_REFUSED, E_FILE_MATCHES.
 */
export async function findFiles(pattern: string, search: FileSearch): Promise<readonly string[]> {
  const fault = pathFault(pattern);
  if (fault !== undefined) throw nanobrainError("E_PATH_REFUSED", { path: pattern, what: fault });
  const parts = pathParts(pattern);
  const firstWild = parts.findIndex(isGlob);
  if (firstWild === -1) return isFileInside(parts.join("/"), search) ? [parts.join("/")] : [];
  const glob = globPattern(parts.join("/"));
  if (glob === undefined) throw tooWide(pattern, "its braces stand for too many patterns");
  const found: string[] = [];
  for await (const path of filesBelow(parts.slice(0, firstWild).join("/"), glob, pattern, search)) {
    found.push(path);
    if (found.length > search.maxFiles) throw tooWide(pattern, `it matches more than ${search.maxFiles} files`);
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}

function tooWide(pattern: string, what: string): Error {
  return nanobrainError("E_FILE_MATCHES", { pattern, what });
}

async function* filesBelow(
  start: string,
  glob: GlobPattern,
  pattern: string,
  search: FileSearch,
): AsyncIterable<string> {
  const folders = [start];
  let looked = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder, search)) {
      if (++looked > maxEntries) throw tooWide(pattern, `more than ${maxEntries} names lie in its folders`);
      if (looked % entriesPerTurn === 0) await nextTurn(undefined, { signal: search.signal });
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (glob.mayMatchBelow(path)) folders.push(path);
      } else if (glob.matches(path) && isFileInside(path, search)) yield path;
    }
  }
}

function entriesOf(folder: string, search: FileSearch): readonly Dirent[] {
  const resolved = resolveInside(search.root, search.roots, folder === "" ? "." : folder);
  if (resolved.status !== "found") return [];
  try {
    return readdirSync(resolved.real, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFileInside(path: string, search: FileSearch): boolean {
  const resolved = resolveInside(search.root, search.roots, path);
  if (resolved.status !== "found") return false;
  return statSync(resolved.real, { throwIfNoEntry: false })?.isFile() ?? false;
}
