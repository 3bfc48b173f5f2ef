import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";

/** What a backup consists of, as its file `backup.json` says. Paths are relative, with `/`. */
export type BackupManifest = {
  readonly format: 1;
  /** Epoch milliseconds when it was begun. */
  readonly at: number;
  readonly runs: number;
  /** Number of the last event of each run, added up: a later state of the same store has more. */
  readonly events: number;
  readonly files: readonly BackedFile[];
};

export type BackedFile = { readonly path: string; readonly sizeBytes: number; readonly sha256: string };

export const manifestName = "backup.json";

/** Fails with E_STORE_DAMAGED where the folder is no backup that this version reads. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const file = join(folder, manifestName);
  try {
    const manifest = JSON.parse(await readFile(file, "utf8")) as Partial<BackupManifest>;
    if (Number(manifest.format) > 1)
      throw nanobrainError("E_STORE_NEWER", { file, found: Number(manifest.format), known: 1 });
    if (manifest.format === 1 && Array.isArray(manifest.files) && manifest.files.every(isFile))
      return manifest as BackupManifest;
  } catch (error) {
    if (error instanceof NanobrainError) throw error;
    throw nanobrainError("E_STORE_DAMAGED", { file, what: "it cannot be read" }, { cause: error, hint });
  }
  throw nanobrainError("E_STORE_DAMAGED", { file, what: "it is no list of a backup's files" }, { hint });
}

const hint = "Name a folder that nanobrain backup has made.";

/** No path leads out of the folder, whoever wrote the list. */
function isFile(value: unknown): value is BackedFile {
  const { path, sizeBytes, sha256 } = (value ?? {}) as { readonly [key: string]: unknown };
  const isPath =
    typeof path === "string" &&
    /^(journals\/[1-9]\d{0,8}\.db|blobs\/[0-9a-f]{2}\/[0-9a-f]{62}|requests\/[\w.-]+(\/[\w.-]+)*)$/.test(path);
  return isPath && !path.includes("..") && typeof sizeBytes === "number" && /^[0-9a-f]{64}$/.test(String(sha256));
}
