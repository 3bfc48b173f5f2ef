import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes what attempts of a run left in the scratch folder when their process was killed. Only its new driver may ask for it. */
export async function sweepScratch(scratch: string, runId: string): Promise<void> {
  const own = `attempt-${runId.replace(/[^A-Za-z0-9_-]/g, "-")}-`;
  const names = await readdir(scratch).catch(() => []);
  const left = names.filter((name) => name.startsWith(own) && /^\d+$/.test(name.slice(own.length)));
  // What cannot be removed is in nobody's way.
  await Promise.allSettled(left.map((name) => rm(join(scratch, name), { recursive: true, force: true })));
}
