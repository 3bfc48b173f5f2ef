import { hash, randomUUID } from "node:crypto";
import { type BigIntStats, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AttemptFolders } from "../../../contracts/executor.js";
import { pathFault } from "../../../paths/path-spelling.js";
import { resolveInside } from "../../../paths/resolve-inside.js";

/** Parts of a cache key that change when one of the files does: their number, and a hash of names, sizes and times. */
export function filesPrint(paths: readonly string[], folders: AttemptFolders): { readonly [part: string]: string } {
  const states = paths.map((path) => `${JSON.stringify([path, ...stateOf(path, folders)])}\n`);
  return { file_count: String(paths.length), file_states: hash("sha256", states.join("")) };
}

/** A part that never is the same twice: for what is only known once the inputs are. */
export function neverSame(): { readonly [part: string]: string } {
  return { files_unknown_before: randomUUID() };
}

function stateOf(path: string, folders: AttemptFolders): readonly string[] {
  const near = stateIn(path, folders.project);
  if (near !== undefined) return near;
  const resolved = resolveInside(folders.project, folders.roots, path);
  if (resolved.status !== "found") return [resolved.status];
  const stats = statSync(resolved.real, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? ["missing"] : textsOf(stats);
}

const textsOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): readonly string[] =>
  [dev, ino, size, mtimeNs, ctimeNs].map(String);

/** A folder of the project that was found to lie in it a moment ago. */
let known = { folder: "", foundAtMs: 0 };
/** About as long as a key is made before its step reads the file. */
const validMs = 10;

/** Of a file that is no link, in a folder that was resolved for another file of it just before: one look at the disk. */
function stateIn(path: string, project: string): readonly string[] | undefined {
  const name = path.lastIndexOf("/") + 1;
  const leaf = path.slice(name);
  if (pathFault(path) !== undefined || leaf === "" || leaf === ".") return undefined;
  const folder = join(project, path.slice(0, name));
  const now = performance.now();
  if (known.folder !== folder || now - known.foundAtMs > validMs) {
    if (resolveInside(project, [], path.slice(0, name) || ".").status !== "found") return undefined;
    known = { folder, foundAtMs: now };
  }
  try {
    const stats = lstatSync(join(folder, leaf), { bigint: true, throwIfNoEntry: false });
    return stats === undefined || stats.isSymbolicLink() ? undefined : textsOf(stats);
  } catch {
    return undefined;
  }
}
