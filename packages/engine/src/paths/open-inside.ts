import { closeSync, constants, existsSync, fstatSync, openSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { isBelow, realRoots, resolveInside } from "./resolve-inside.js";

/** An open file or folder that lay inside when it was opened. Whoever opened it closes `fd`. */
export type Opened = {
  readonly status: "open";
  readonly fd: number;
  readonly real: string;
  readonly sizeBytes: number;
};

export type NotOpened = {
  readonly status: "missing" | "outside" | "not_a_file" | "unreadable";
  /** A clause that follows "Cannot read file X:". */
  readonly what: string;
  readonly cause?: unknown;
};

/** Where the system shows what an open handle really is; it exists on Linux. */
const handleFolder = "/proc/self/fd";

/**
 * Opens a regular file for reading, by the rules of `resolveInside`. A link put in after the check is not followed, or its
 * target is looked at before a byte is read: what was opened lies inside, or nothing is given. Pipes and devices are refused.
 */
export function openInside(root: string, roots: readonly string[], path: string): Opened | NotOpened {
  const resolved = resolveInside(root, roots, path);
  if (resolved.status === "outside") return resolved;
  if (resolved.status === "missing") return { status: "missing", what: "there is no such file" };
  const fd = openHandle(resolved.real, constants.O_RDONLY | constants.O_NONBLOCK);
  if (typeof fd !== "number") return fd;
  const stats = fstatSync(fd);
  const fault: NotOpened | undefined = stats.isFile()
    ? handleFault(fd, resolved.real, realRoots(root, roots))
    : { status: "not_a_file", what: "it is no regular file" };
  if (fault === undefined) return { status: "open", fd, real: resolved.real, sizeBytes: stats.size };
  closeSync(fd);
  return fault;
}

/** A path under which others read the very file that is open, while it is; where the system has none, its real path. */
export function readablePath(file: Opened): string {
  const byHandle = `${handleFolder}/${file.fd}`;
  return existsSync(byHandle) ? byHandle : file.real;
}

/** Opens a file or folder by its real path; a link in its last place is refused. */
export function openHandle(real: string, flags: number): number | NotOpened {
  try {
    return openSync(real, flags | constants.O_NOFOLLOW);
  } catch (cause) {
    return openFault(cause);
  }
}

function openFault(cause: unknown): NotOpened {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return { status: "missing", what: "there is no such file", cause };
  if (code === "ELOOP") return { status: "outside", what: "a link was put in its place", cause };
  if (code === "EISDIR" || code === "ENXIO") return { status: "not_a_file", what: "it is no regular file", cause };
  return { status: "unreadable", what: `the system says ${code ?? "no"}`, cause };
}

/** What is wrong with where an open handle lies; undefined: it lies below one of the real folders. */
export function handleFault(
  fd: number,
  real: string,
  folders: readonly string[],
  shownIn: string = handleFolder,
): NotOpened | undefined {
  const inside = isBelow(handlePath(fd, real, shownIn) ?? "", folders);
  return inside ? undefined : { status: "outside", what: "a link was put in its place" };
}

/** The path of an open handle as the system knows it; where it does not tell, `real` if that still is the same file. */
function handlePath(fd: number, real: string, shownIn: string): string | undefined {
  try {
    return readlinkSync(`${shownIn}/${fd}`);
  } catch {
    return samePlace(fd, real) ? real : undefined;
  }
}

function samePlace(fd: number, real: string): boolean {
  try {
    const opened = fstatSync(fd, { bigint: true });
    const named = statSync(real, { bigint: true });
    return realpathSync.native(real) === real && opened.ino === named.ino && opened.dev === named.dev;
  } catch {
    return false;
  }
}
