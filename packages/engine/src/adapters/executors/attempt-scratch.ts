import { mkdirSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AttemptRequest } from "../../contracts/executor.js";

/** The folder that holds the fresh folders of one attempt. Nobody makes it before it is needed. */
export function attemptScratch(request: AttemptRequest): string {
  return join(request.folders.scratch, `attempt-${request.id.replace(/[^A-Za-z0-9_-]/g, "-")}`);
}

/** At once: making a folder takes less than a way to another thread and back. */
export async function freshFolderIn(scratch: string): Promise<string> {
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(scratch, "folder-"));
}

/** Removes what an attempt left in its scratch folder. Answers what stands in the way, undefined when it is gone. */
export async function removeScratch(scratch: string): Promise<string | undefined> {
  if (isRemovedEmpty(scratch)) return undefined;
  try {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Most attempts leave a few empty folders, or none at all: no other thread need be asked. */
function isRemovedEmpty(scratch: string): boolean {
  try {
    const names = readdirSync(scratch);
    if (names.length > 8) return false;
    for (const name of names) rmdirSync(join(scratch, name));
    rmdirSync(scratch);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
