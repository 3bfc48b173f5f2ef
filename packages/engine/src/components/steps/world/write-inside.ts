import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AttemptFolders } from "../../../contracts/executor.js";
import { NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import { type OpenFolder, openFolderInside } from "../../../paths/open-folder-inside.js";
import { pathFault, pathParts } from "../../../paths/path-spelling.js";
import { demandUsable, fileFault, systemFault } from "./step-files.js";

/** Bytes, or a stream of them. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

const newFile = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

/**
 * Writes a file of the project or an allowed root whole or not at all, and durably: into a new file beside it, which takes its
 * place when it is on disk. Folders are made. A link in its place is replaced, not followed. Writing the same again changes
 * nothing. Throws E_PATH_REFUSED, E_FILE_WRITE.
 */
export async function writeInside(
  path: string,
  content: Content,
  folders: Pick<AttemptFolders, "project" | "roots">,
): Promise<void> {
  demandUsable(path);
  const name = pathParts(path).at(-1);
  const fault = path.endsWith("/") || name === undefined ? "it names a folder" : pathFault(name);
  if (fault !== undefined || name === undefined)
    throw nanobrainError("E_PATH_REFUSED", { path, what: fault ?? "it is empty" });
  const folder = openFolderInside(folders.project, folders.roots, dirname(path));
  if (folder.status !== "open") throw fileFault("E_FILE_WRITE", path, folder);
  try {
    await replace(folder, name, content);
  } catch (cause) {
    if (cause instanceof NanobrainError || (cause as Error).name === "AbortError") throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw systemFault(
      "E_FILE_WRITE",
      path,
      code === "EISDIR" ? "a folder is in its place" : `the system says ${code ?? "no"}`,
      cause,
    );
  } finally {
    folder.close();
  }
}

async function replace(folder: OpenFolder, name: string, content: Content): Promise<void> {
  const temporary = join(folder.base, `.nanobrain-${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, content);
    await rename(temporary, join(folder.base, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder.base);
}

async function writeDurably(path: string, content: Content): Promise<void> {
  const file = await open(path, newFile, 0o666);
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) await writeAll(file, chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength; ) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

/** So that the new name survives power loss; some file systems cannot do it, and need not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } catch {
    // The content is on disk already.
  } finally {
    await folder.close();
  }
}
