import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AttemptRequest } from "../../contracts/executor.js";

/** The folder that holds the fresh folders of one attempt. Nobody makes it before it is needed. */
export function attemptScratch(request: AttemptRequest): string {
  return join(request.folders.scratch, `attempt-${request.id.replace(/[^A-Za-z0-9_-]/g, "-")}`);
}

export async function freshFolderIn(scratch: string): Promise<string> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  return mkdtemp(join(scratch, "folder-"));
}

/** Removes what an attempt left in its scratch folder. Answers what stands in the way, undefined when it is gone. */
export async function removeScratch(scratch: string): Promise<string | undefined> {
  try {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
