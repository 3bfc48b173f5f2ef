import type { Blobs } from "../../contracts/blobs.js";
import type { RunRecord, Store } from "../../contracts/store.js";
import { hashesIn, UseIndex, type Uses } from "./uses.js";

/** Blobs that were put, or put again, so short ago are not swept: somebody may be about to name them in a journal. */
const quietGraceMs = 60 * 60 * 1000;
/** The same while other processes hold runs: an attempt may have put a blob long before its result is journaled. */
const busyGraceMs = 24 * 60 * 60 * 1000;

export type PruneOptions = {
  /** Ended runs are kept for so long after their end. */
  readonly keepMs: number;
  /** Only says what would be removed. */
  readonly dryRun?: boolean;
};

export type Pruned = {
  readonly runs: readonly RunRecord[];
  /** Old runs that stay, and why. */
  readonly kept: readonly { readonly run: RunRecord; readonly reason: string }[];
  readonly cacheEntries: number;
  readonly blobs: number;
  /** Of journals and blobs. Of a dry run: about so many. */
  readonly freedBytes: number;
};

export type PruneParts = {
  readonly store: Store;
  readonly blobs: Blobs;
  /** Folder of the blobs; null: in memory. */
  readonly blobFolder: string | null;
  now(): number;
};

/**
 * Removes old ended runs with what only they used. What a run that stays needs is kept: the run it was forked from, cache entries
 * it used, blobs it names, directly or in values that are blobs themselves. Rows go first and blobs after them, so that a process
 * that dies in between leaves blobs nobody names, which the next pruning removes.
 */
export async function pruneRuns(parts: PruneParts, options: PruneOptions): Promise<Pruned> {
  const { store } = parts;
  const all = await store.runs();
  const before = parts.now() - options.keepMs;
  const old = all.filter((run) => isOver(run) && run.endedAt !== null && run.endedAt < before);
  const index = new UseIndex();
  await store.scan(index.visit);
  const asked = hashesIn(JSON.stringify(await store.requests.list()));
  const held = await heldElsewhere(store, all);
  const free = old.filter((run) => !held.has(run.id));
  const uses = index.without(all, free, asked);
  const remains = new Set(uses.removed.map((run) => run.id));
  const kept = old.flatMap((run) => {
    if (remains.has(run.id)) return [];
    const holder = held.get(run.id);
    return [
      { run, reason: holder === undefined ? "a run that stays was forked from it" : `${holder} holds its journal` },
    ];
  });
  const mode = options.dryRun === true ? "count" : "remove";
  const ids = [...remains];
  const removed = mode === "count" ? undefined : await store.remove(ids, uses.cacheKeys);
  const swept = await sweep(parts, uses, { isBusy: held.size > 0, mode });
  return {
    runs: uses.removed,
    kept,
    cacheEntries: uses.cacheKeys.length,
    blobs: swept.blobs,
    freedBytes: swept.freedBytes + (removed?.freedBytes ?? uses.textBytes),
  };
}

function isOver({ status }: RunRecord): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** Runs that lie in journals of other processes, and which. */
async function heldElsewhere(store: Store, runs: readonly RunRecord[]): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  for (const run of runs) {
    if (await store.holds(run.id)) continue;
    const holder = await store.holder(run.id);
    if (holder !== undefined) held.set(run.id, `process ${holder.pid} on ${holder.host}`);
  }
  return held;
}

async function sweep(
  { blobs, blobFolder, now }: PruneParts,
  uses: Uses,
  { isBusy, mode }: { readonly isBusy: boolean; readonly mode: "remove" | "count" },
): Promise<{ readonly blobs: number; readonly freedBytes: number }> {
  if (blobFolder === null) return { blobs: 0, freedBytes: 0 };
  await followValues(blobs, uses);
  const { sweepBlobs } = await import("../../adapters/blobs/sweep-blobs.js");
  return sweepBlobs(blobFolder, {
    isUsed: (hash) => uses.used.has(hash),
    unusedSince: now() - (isBusy ? busyGraceMs : quietGraceMs),
    // A process under way may have found one of them in the cache a moment ago.
    isSpared: (hash) => isBusy && uses.freed.has(hash),
    mode,
  });
}

/** Values too large for the journal are blobs, and name blobs: files above all. */
async function followValues(blobs: Blobs, { json, used }: Uses): Promise<void> {
  const decoder = new TextDecoder();
  for (const hash of json) {
    // One that is lost or damaged names nothing that could still be read.
    const bytes = await blobs.get(hash).catch(() => undefined);
    if (bytes !== undefined) for (const inner of hashesIn(decoder.decode(bytes))) used.add(inner);
  }
}
