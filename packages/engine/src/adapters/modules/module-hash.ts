import { realpath } from "node:fs/promises";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { fileHash } from "./module-files.js";

/**
 * sha-256 (64 hex digits) over a user's module and all that it imports by relative path, through any number of files: part
 * of the key under which results are cached. Nothing is run. Rejects with E_MODULE_MISSING.
 */
export async function moduleHash(path: string): Promise<string> {
  let file: string;
  try {
    file = await realpath(path);
  } catch (error) {
    throw nanobrainError("E_MODULE_MISSING", { path }, { cause: error });
  }
  return fileHash(file);
}
