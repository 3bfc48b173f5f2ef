import { mkdirSync } from "node:fs";
import { nanobrainError } from "../errors/nanobrain-error.js";

/** Makes a folder that only its owner may enter, and those above it. Fails with E_STORE_IO. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "EEXIST" || code === "ENOTDIR" ? "a file is where a folder should be" : message;
    throw nanobrainError("E_STORE_IO", { file: path, what }, { cause: error });
  }
}
