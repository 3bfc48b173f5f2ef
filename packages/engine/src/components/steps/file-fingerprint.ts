import { createHash } from "node:crypto";
import type { AttemptFolders } from "../../contracts/executor.js";
import { readStepFile } from "./world/step-files.js";

/** Hashes of the files a config names, so that a result is not taken from the cache when one was edited. One that cannot be read says so; the attempt will. */
export async function fileFingerprint(
  files: { readonly [part: string]: string },
  folders: AttemptFolders,
  limitBytes: number,
): Promise<{ readonly [part: string]: string }> {
  const context = { folders, signal: new AbortController().signal };
  const parts: { [part: string]: string } = {};
  for (const [part, path] of Object.entries(files)) {
    const bytes = await readStepFile(path, limitBytes, context).catch(() => undefined);
    parts[part] = bytes === undefined ? "unreadable" : createHash("sha256").update(bytes).digest("hex");
  }
  return parts;
}
