import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { pathFault, pathParts } from "./path-spelling.js";

/**
 * The one resolver of file names.
 * P1. A path is relative to `root`, or lies, as it is written, below one of `roots`; no `..`, no decoding.
 * P2. Its real path, all links followed, lies below the real path of `root` or of one of `roots`.
 * P3. Between this answer and the opening a link may be put in: `openInside` and `openFolderInside` check what they opened.
 */
export type Resolved =
  | { readonly status: "found"; readonly real: string }
  /** `parent` is the real path of the nearest folder that exists, `rest` the names below it that do not. */
  | { readonly status: "missing"; readonly parent: string; readonly rest: readonly string[] }
  | { readonly status: "outside"; readonly what: string };

/** Finds where a path leads without leaving `root` and `roots` (all absolute). Touches names only, opens nothing. */
export function resolveInside(root: string, roots: readonly string[], path: string): Resolved {
  const start = startOf(root, roots, path);
  if ("what" in start) return { status: "outside", what: start.what };
  const bounds = realRoots(root, roots);
  if (bounds.length === 0) return { status: "outside", what: "the workflow's folder does not exist" };
  const parts = pathParts(start.rest);
  for (let kept = parts.length; kept >= 0; kept--) {
    const real = realOf(join(start.base, ...parts.slice(0, kept)));
    if (real === "unreadable")
      return { status: "outside", what: "its folders cannot be read or its links form a loop" };
    if (real === undefined) continue;
    if (!isBelow(real, bounds)) return { status: "outside", what: "it leads out of the workflow's folder" };
    return kept === parts.length
      ? { status: "found", real }
      : { status: "missing", parent: real, rest: parts.slice(kept) };
  }
  return { status: "outside", what: "its folder does not exist" };
}

/** Real paths of those of the folders that exist. */
export function realRoots(root: string, roots: readonly string[]): readonly string[] {
  return [root, ...roots].flatMap((folder) => {
    const real = realOf(folder);
    return real === undefined || real === "unreadable" ? [] : [real];
  });
}

/** Whether a real path is one of the real folders or lies in one. */
export function isBelow(real: string, folders: readonly string[]): boolean {
  return folders.some((folder) => real === folder || real.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

type Start = { readonly base: string; readonly rest: string } | { readonly what: string };

/** An absolute path counts only where it is spelled below an allowed root. */
function startOf(root: string, roots: readonly string[], path: string): Start {
  if (!isAbsolute(path)) {
    const what = pathFault(path);
    return what === undefined ? { base: root, rest: path } : { what };
  }
  const base = roots.find((allowed) => isBelow(path, [allowed]));
  if (base === undefined) return { what: pathFault(path) ?? "it is absolute" };
  const rest = path.slice(base.length).replace(/^\/+/, "");
  const what = rest === "" ? undefined : pathFault(rest);
  return what === undefined ? { base, rest } : { what };
}

function realOf(path: string): string | undefined | "unreadable" {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : "unreadable";
  }
}

/** The path as it is written from the root that holds it, for messages; the base name where none does. */
export function shownPath(real: string, root: string): string {
  const shown = relative(root, real);
  return shown.startsWith("..") || isAbsolute(shown) ? (real.split(sep).at(-1) ?? "") : shown;
}
