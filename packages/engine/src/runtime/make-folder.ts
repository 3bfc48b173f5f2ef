import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { nanobrainError } from "../errors/nanobrain-error.js";

/** Makes a folder that only its owner may enter, and those above it. Fails with E_STORE_IO. */
export function makeFolder(path: string): void {
  try {
    makeWithParents(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "EEXIST" || code === "ENOTDIR" ? "a file is where a folder should be" : message;
    throw nanobrainError("E_STORE_IO", { file: path, what }, { cause: error });
  }
}

/** Node's own `recursive` never ends where a folder exists and takes no new ones, as `/proc`. */
function makeWithParents(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || existsSync(dirname(path))) throw error;
    makeWithParents(dirname(path));
    makeWithParents(path);
  }
}
