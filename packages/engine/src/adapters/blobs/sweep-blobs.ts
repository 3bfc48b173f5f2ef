import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isHash } from "./blob-hash.js";

export type Sweep = {
  readonly isUsed: (hash: string) => boolean;
  /** Unused blobs stay if they were put, or put again, after this moment (epoch ms): somebody may be about to name them. */
  readonly unusedSince: number;
  /** Those that were used until now and may have been looked up by somebody: their time is renewed instead. */
  readonly isSpared: (hash: string) => boolean;
  readonly mode: "remove" | "count";
};

/** A blob on its way out. */
const awaySuffix = ".swept";

export type Swept = { readonly blobs: number; readonly freedBytes: number };

/**
 * Removes unused blobs of a folder, also while other processes write to it: a blob is moved away first and moved back if it
 * was put again meanwhile; who puts it again after that finds nothing and writes it.
 */
export async function sweepBlobs(folder: string, sweep: Sweep): Promise<Swept> {
  let blobs = 0;
  let freedBytes = 0;
  for (const prefix of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(prefix)) continue;
    for (const name of await namesIn(join(folder, prefix))) {
      if (name.endsWith(awaySuffix)) {
        await settleAway(join(folder, prefix, name), sweep, prefix + name.slice(0, -awaySuffix.length));
        continue;
      }
      const hash = prefix + name;
      if (!isHash(hash) || sweep.isUsed(hash)) continue;
      const sizeBytes = await sweepOne(join(folder, prefix, name), hash, sweep);
      if (sizeBytes === undefined) continue;
      blobs += 1;
      freedBytes += sizeBytes;
    }
  }
  return { blobs, freedBytes };
}

/** A process died while it swept this one. */
async function settleAway(away: string, { isUsed, mode }: Sweep, hash: string): Promise<void> {
  if (mode === "count") return;
  const path = away.slice(0, -awaySuffix.length);
  const isThere = (await stat(path).catch(() => undefined)) !== undefined;
  if (isUsed(hash) && !isThere) await rename(away, path);
  else await rm(away, { force: true });
}

/** The bytes freed; undefined: it stays. */
async function sweepOne(path: string, hash: string, sweep: Sweep): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.mtimeMs >= sweep.unusedSince) return undefined;
  if (sweep.mode === "count") return sweep.isSpared(hash) ? undefined : found.size;
  if (sweep.isSpared(hash)) {
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return undefined;
  }
  const away = path + awaySuffix;
  await rename(path, away);
  const moved = await stat(away);
  if (moved.mtimeMs >= sweep.unusedSince) {
    await rename(away, path);
    return undefined;
  }
  await rm(away, { force: true });
  return found.size;
}

async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
}
