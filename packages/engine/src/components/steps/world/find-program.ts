import { accessSync, constants, readdirSync, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import type { AttemptFolders } from "../../../contracts/executor.js";
import { didYouMean } from "../../../document/nearest.js";
import { resolveInside } from "../../../paths/resolve-inside.js";

export type FoundProgram = {
  readonly status: "found";
  /** What is run: absolute. */
  readonly path: string;
  /** The same with all links followed, its size and time of change: what it is known by in cache keys. */
  readonly real: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
};

export type ProgramFault = {
  readonly status: "missing" | "not_executable" | "outside";
  readonly what: string;
  readonly hint?: string;
};

const maxSuggestions = 20_000;

/**
 * Finds what a program's name stands for: a plain name in the folders of `searchPath` (absolute ones only), a relative path
 * inside the project or its roots, an absolute path as it is. Links of the system's own folders are followed.
 */
export function findProgram(
  name: string,
  searchPath: string,
  folders: Pick<AttemptFolders, "project" | "roots">,
): FoundProgram | ProgramFault {
  if (isAbsolute(name)) return look(name) ?? { status: "missing", what: "there is no such file" };
  if (name.includes("/")) return findInside(name, folders);
  const searched = searchPath.split(delimiter).filter(isAbsolute);
  let fault: ProgramFault | undefined;
  for (const folder of searched) {
    const found = look(join(folder, name));
    if (found?.status === "found") return found;
    fault ??= found;
  }
  const guess = fault === undefined ? suggestion(name, searched) : undefined;
  return (
    fault ?? { status: "missing", what: "it is in no folder of PATH", ...(guess === undefined ? {} : { hint: guess }) }
  );
}

function findInside(name: string, folders: Pick<AttemptFolders, "project" | "roots">): FoundProgram | ProgramFault {
  const resolved = resolveInside(folders.project, folders.roots, name);
  if (resolved.status === "outside") return resolved;
  const found = resolved.status === "found" ? look(resolved.real) : undefined;
  return found ?? { status: "missing", what: "there is no such file in the workflow's folder" };
}

/** What lies at an absolute path; undefined: nothing that is a file. */
function look(path: string): FoundProgram | ProgramFault | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return undefined;
    accessSync(path, constants.X_OK);
    const real = realpathSync.native(path);
    return { status: "found", path, real, sizeBytes: stats.size, changedAtMs: stats.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") return undefined;
    return {
      status: "not_executable",
      what: "it may not be executed",
      hint: "Make it executable (chmod +x), or name the program that runs it, such as [sh, script.sh].",
    };
  }
}

function suggestion(name: string, searched: readonly string[]): string | undefined {
  const names = searched.flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });
  const guess = didYouMean(name, names.slice(0, maxSuggestions));
  return guess === undefined ? undefined : `${guess} Else install it, or give its path inside the workflow's folder.`;
}
