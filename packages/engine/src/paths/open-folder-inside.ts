import { closeSync, constants, existsSync, fstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { handleFault, type NotOpened, openHandle } from "./open-inside.js";
import { realRoots, resolveInside } from "./resolve-inside.js";

/**
 * An open folder that lies inside. Names below `base` are looked up in the very folder that was checked, even if its path
 * has come to mean another one since (where the system offers that: Linux; elsewhere `base` is its real path).
 */
export type OpenFolder = { readonly status: "open"; readonly base: string; readonly real: string; close(): void };

/** Opens a folder for making files in it, by the rules of `resolveInside`; missing ones are made, level by level. */
export function openFolderInside(root: string, roots: readonly string[], path: string): OpenFolder | NotOpened {
  const resolved = resolveInside(root, roots, path);
  if (resolved.status === "outside") return resolved;
  const [start, names] = resolved.status === "found" ? [resolved.real, []] : [resolved.parent, resolved.rest];
  const folders = realRoots(root, roots);
  let folder = openChecked(start, start, folders);
  for (const name of names) {
    if (folder.status !== "open") return folder;
    const next = makeBelow(folder, name, folders);
    folder.close();
    folder = next;
  }
  return folder;
}

function makeBelow(folder: OpenFolder, name: string, folders: readonly string[]): OpenFolder | NotOpened {
  try {
    mkdirSync(join(folder.base, name));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EEXIST") return { status: "unreadable", what: `its folder cannot be made (${code ?? "no"})`, cause };
  }
  return openChecked(join(folder.base, name), join(folder.real, name), folders);
}

function openChecked(path: string, real: string, folders: readonly string[]): OpenFolder | NotOpened {
  const fd = openHandle(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  if (typeof fd !== "number")
    return fd.status === "missing" ? { ...fd, status: "not_a_file", what: "a part of it is no folder" } : fd;
  const fault = handleFault(fd, real, folders);
  if (fault === undefined && fstatSync(fd).isDirectory()) return opened(fd, real);
  closeSync(fd);
  return fault ?? { status: "not_a_file", what: "a part of it is no folder" };
}

function opened(fd: number, real: string): OpenFolder {
  const byHandle = `/proc/self/fd/${fd}`;
  return { status: "open", base: existsSync(byHandle) ? byHandle : real, real, close: () => closeSync(fd) };
}
