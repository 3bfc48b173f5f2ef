import { createHash, randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import type { AttemptFolders } from "../../../contracts/executor.js";
import { resolveInside } from "../../../paths/resolve-inside.js";

/** Parts of a cache key that change when one of the files does: their number, and a hash of names, sizes and times. */
export function filesPrint(paths: readonly string[], folders: AttemptFolders): { readonly [part: string]: string } {
  const digest = createHash("sha256");
  for (const path of paths) digest.update(`${JSON.stringify([path, ...stateOf(path, folders)])}\n`);
  return { file_count: String(paths.length), file_states: digest.digest("hex") };
}

/** A part that never is the same twice: for what is only known once the inputs are. */
export function neverSame(): { readonly [part: string]: string } {
  return { files_unknown_before: randomUUID() };
}

function stateOf(path: string, folders: AttemptFolders): readonly string[] {
  const resolved = resolveInside(folders.project, folders.roots, path);
  if (resolved.status !== "found") return [resolved.status];
  const stats = statSync(resolved.real, { bigint: true, throwIfNoEntry: false });
  return stats === undefined
    ? ["missing"]
    : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].map(String);
}
