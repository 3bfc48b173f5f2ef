import { closeSync, read as readHandle } from "node:fs";
import { promisify } from "node:util";
import type { StepContext } from "../../../contracts/component.js";
import type { AttemptFolders } from "../../../contracts/executor.js";
import type { FileValue } from "../../../contracts/json.js";
import { type NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import { kindOfNodeCode } from "../../../errors/node-codes.js";
import { type NotOpened, type Opened, openInside, readablePath } from "../../../paths/open-inside.js";
import { pathParts } from "../../../paths/path-spelling.js";

const readAsync = promisify(readHandle);
const chunkBytes = 256 * 1024;

/** Names that belong to the engine: its stores, and the file that may hold secrets. */
const reserved: readonly string[] = [".nanobrain", ".env"];

export type OpenStepFile = Opened & { readonly name: string; readonly path: string };

/** Throws E_PATH_REFUSED for a path that steps may neither read nor write wherever it leads. */
export function demandUsable(path: string): void {
  const name = pathParts(path).find((part) => reserved.includes(part.toLowerCase()));
  if (name !== undefined) throw nanobrainError("E_PATH_REFUSED", { path, what: `${name} is not for steps` });
}

/** Opens a file of the project or an allowed root for reading. Throws E_PATH_REFUSED, E_FILE_READ. Whoever opens it closes `fd`. */
export function openStepFile(path: string, folders: Pick<AttemptFolders, "project" | "roots">): OpenStepFile {
  demandUsable(path);
  const file = openInside(folders.project, folders.roots, path);
  if (file.status !== "open") throw fileFault("E_FILE_READ", path, file);
  try {
    demandUsable(file.real.slice(file.real.lastIndexOf("/") + 1));
  } catch (error) {
    closeSync(file.fd);
    throw error;
  }
  return { ...file, path, name: pathParts(path).at(-1) ?? "file" };
}

/** The failure that a path which could not be opened stands for. */
export function fileFault(code: "E_FILE_READ" | "E_FILE_WRITE", path: string, fault: NotOpened): NanobrainError {
  if (fault.status === "outside") return nanobrainError("E_PATH_REFUSED", { path, what: fault.what });
  return systemFault(code, path, fault.what, fault.cause);
}

/** The failure that an error of the file system stands for: a full disk or too many open files are a matter of resources. */
export function systemFault(
  code: "E_FILE_READ" | "E_FILE_WRITE",
  path: string,
  what: string,
  cause: unknown,
): NanobrainError {
  const systemCode = (cause as NodeJS.ErrnoException | undefined)?.code ?? "";
  const kind = kindOfNodeCode(systemCode);
  const traits = kind === "resource" || kind === "configuration" ? { kind } : {};
  return nanobrainError(code, { path, what }, { ...traits, ...(cause === undefined ? {} : { cause }) });
}

/** The file's bytes piece by piece; more than `limitBytes` throws E_FILE_LIMIT, also of a file that grows meanwhile. */
export async function* fileChunks(file: OpenStepFile, limitBytes: number, signal: AbortSignal): AsyncIterable<Buffer> {
  let sizeBytes = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await readAsync(file.fd, Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
    if (bytesRead === 0) return;
    sizeBytes += bytesRead;
    if (sizeBytes > limitBytes) throw nanobrainError("E_FILE_LIMIT", { path: file.path, limitBytes });
    yield buffer.subarray(0, bytesRead);
  }
}

/** All bytes of a step's file. Throws as `openStepFile` and `fileChunks` do. */
export async function readStepFile(
  path: string,
  limitBytes: number,
  context: Pick<StepContext, "folders" | "signal">,
): Promise<Buffer> {
  const file = openStepFile(path, context.folders);
  try {
    if (file.sizeBytes > limitBytes) throw nanobrainError("E_FILE_LIMIT", { path, limitBytes });
    const chunks: Buffer[] = [];
    for await (const chunk of fileChunks(file, limitBytes, context.signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    closeSync(file.fd);
  }
}

/** Keeps a file of the project or an allowed root as a file value. Throws as `openStepFile` does. */
export async function keepStepFile(path: string, context: Pick<StepContext, "folders" | "keep">): Promise<FileValue> {
  const file = openStepFile(path, context.folders);
  try {
    return await context.keep(file.name, { path: readablePath(file) });
  } finally {
    closeSync(file.fd);
  }
}
