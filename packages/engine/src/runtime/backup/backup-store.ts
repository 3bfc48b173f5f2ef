import { existsSync, readdirSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Store } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { type BackedFile, type BackupManifest, manifestName } from "./backup-manifest.js";
import { copyFile, measureFile } from "./copied-file.js";

export type BackedUp = {
  readonly folder: string;
  readonly runs: number;
  readonly files: number;
  readonly sizeBytes: number;
};

/**
 * Copies a store while it is in use: each journal as it is at one moment, then the blobs and requests that it may name. The copy is read
 * from end to end before it gets its name. Fails with E_USAGE where there is something in the folder already.
 */
export async function backupStore(store: string, folder: string): Promise<BackedUp> {
  const [from, to] = [resolve(store), resolve(folder)];
  demandFree(to);
  const { snapshotJournals } = await import("../../adapters/stores/sqlite/journal-snapshots.js");
  const at = Date.now();
  const half = `${to}.part-${process.pid}`;
  await mkdir(half, { recursive: true, mode: 0o700 });
  try {
    const journals = await snapshotJournals(from, half);
    const files = await Promise.all(journals.map((file) => measureFile(half, slashed(relative(half, file)))));
    for (const part of ["blobs", "requests"])
      for (const path of await filesBelow(from, part)) {
        const copied = await copyFile(from, half, path);
        if (copied !== undefined) files.push(copied);
      }
    const counts = await checkStore(half);
    await seal(half, { format: 1, at, ...counts, files });
    await rename(half, to);
    await syncPath(dirname(to));
    return { folder: to, runs: counts.runs, files: files.length, sizeBytes: sizeOf(files) };
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

function demandFree(folder: string): void {
  if (!existsSync(folder)) return;
  const isEmpty = readdirSync(folder).length === 0;
  const hint = "Name a folder that is not there yet.";
  if (!isEmpty)
    throw nanobrainError("E_USAGE", { problem: `Cannot write a backup to ${folder}: it is not empty` }, { hint });
}

/** Files of a part of the store, as paths from its folder; what is being written, and what only its process may touch, is left out. */
async function filesBelow(root: string, part: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, part), { recursive: true, withFileTypes: true }).catch(() => []);
  const fits = part === "blobs" ? /^blobs\/[0-9a-f]{2}\/[0-9a-f]{62}$/ : /^requests\/[\w./-]+$/;
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => slashed(relative(root, join(entry.parentPath, entry.name))))
    .filter((path) => fits.test(path));
}

const slashed = (path: string): string => path.replaceAll("\\", "/");

/** Reads all of a store with its checksums. Fails with E_STORE_DAMAGED. */
export async function checkStore(folder: string): Promise<{ readonly runs: number; readonly events: number }> {
  const { openSqliteStore } = await import("../../adapters/stores/sqlite/sqlite-store.js");
  const store: Store = await openSqliteStore({ folder });
  try {
    await store.scan(() => undefined);
    const runs = await store.runs();
    return { runs: runs.length, events: runs.reduce((sum, { lastSeq }) => sum + lastSeq, 0) };
  } finally {
    await store.close();
  }
}

async function seal(folder: string, manifest: BackupManifest): Promise<void> {
  const path = join(folder, manifestName);
  await writeFile(path, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600, flag: "wx" });
  await syncPath(path);
  await syncPath(folder);
}

/** What lies there, or its name, survives power loss. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sizeOf(files: readonly BackedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
