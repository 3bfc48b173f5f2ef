import { closeSync, readSync } from "node:fs";
import type { DocumentReader } from "../../document/document.js";
import { openInside } from "../../paths/open-inside.js";
import { resolveInside } from "../../paths/resolve-inside.js";

/** Larger files are no documents: the budget of a document is far smaller and is reported with its position. */
const maxDocumentBytes = 16 * 1024 * 1024;

type Answer = ReturnType<DocumentReader["read"]>;

/**
 * What documents are read with: regular files below `projectFolder` or one of `roots` (absolute), links checked on the open
 * handle. `environment` is what `${NAME}` sees.
 */
export function createDocumentReader(
  projectFolder: string,
  roots: readonly string[] = [],
  environment: { readonly [name: string]: string | undefined } = process.env,
): DocumentReader {
  return {
    read: (path) => read(projectFolder, roots, path),
    exists: (path) => resolveInside(projectFolder, roots, path).status === "found",
    environment: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
  };
}

function read(projectFolder: string, roots: readonly string[], path: string): Answer {
  const file = openInside(projectFolder, roots, path);
  if (file.status !== "open") return { problem: file.status === "unreadable" ? "not_a_file" : file.status };
  try {
    if (file.sizeBytes > maxDocumentBytes) return { problem: "too_large" };
    const bytes = readAtMost(file.fd, maxDocumentBytes);
    return bytes === undefined ? { problem: "too_large" } : { bytes };
  } catch {
    return { problem: "not_a_file" };
  } finally {
    closeSync(file.fd);
  }
}

/** The bytes up to the end, which may have moved since the file was opened; undefined: more than `limitBytes`. */
function readAtMost(fd: number, limitBytes: number): Uint8Array | undefined {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const count = readSync(fd, chunk, 0, chunk.length, null);
    if (count === 0) return Buffer.concat(chunks);
    sizeBytes += count;
    if (sizeBytes > limitBytes) return undefined;
    chunks.push(chunk.subarray(0, count));
  }
}
