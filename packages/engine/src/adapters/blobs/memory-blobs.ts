import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Blobs } from "../../contracts/blobs.js";
import { blobMissing, sha256 } from "./blob-hash.js";

export type MemoryBlobs = Blobs & {
  /** Removes the files that `path` made. They are removed at the process's exit in any case. */
  close(): Promise<void>;
};

/** Blobs that end with the process. `path` writes a blob to a folder of the system's temporary folder. */
export function openMemoryBlobs(): MemoryBlobs {
  const blobs = new Map<string, Uint8Array>();
  const paths = new Map<string, Promise<string>>();
  let folder: string | undefined;

  const removeFolder = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
    paths.clear();
  };
  const makeFolder = (): string => {
    process.once("exit", removeFolder);
    return mkdtempSync(join(tmpdir(), "nanobrain-blobs-"));
  };
  const put = (bytes: Uint8Array): string => {
    const hash = sha256(bytes);
    if (!blobs.has(hash)) blobs.set(hash, Uint8Array.from(bytes));
    return hash;
  };
  const found = (hash: string): Uint8Array => {
    const bytes = blobs.get(hash);
    if (bytes === undefined) throw blobMissing(hash);
    return bytes;
  };
  const materialise = async (hash: string): Promise<string> => {
    const bytes = found(hash);
    folder ??= makeFolder();
    const path = join(folder, hash);
    await writeFile(path, bytes, { mode: 0o600 });
    return path;
  };

  return {
    put: async (bytes) => put(bytes),
    putFile: async (path) => {
      const bytes = await readFile(path);
      return { hash: put(bytes), sizeBytes: bytes.byteLength };
    },
    get: async (hash) => Uint8Array.from(found(hash)),
    has: async (hash) => blobs.has(hash),
    path: async (hash) => {
      const known = paths.get(hash) ?? materialise(hash);
      paths.set(hash, known);
      return known;
    },
    close: async () => {
      process.off("exit", removeFolder);
      removeFolder();
    },
  };
}
