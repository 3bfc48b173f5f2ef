import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { type BackupManifest, readManifest } from "./backup-manifest.js";
import { checkStore, syncPath } from "./backup-store.js";
import { copyFile } from "./copied-file.js";

export type RestoreOptions = {
  /** A store that is there is put aside for the backup. */
  readonly replace?: boolean;
};

export type Restored = {
  readonly store: string;
  readonly runs: number;
  /** When the backup was made, in epoch milliseconds. */
  readonly at: number;
  /** Where the store that was there is now. */
  readonly replaced?: string;
};

/**
 * Makes a store of a backup, which stays as it is. Every file is compared with its checksum, and the whole is read before it becomes
 * the store. Fails with E_USAGE where there is a store already, and with E_STORE_LOCKED while one that is to be replaced is in use.
 */
export async function restoreStore(backup: string, store: string, options: RestoreOptions = {}): Promise<Restored> {
  const [from, to] = [resolve(backup), resolve(store)];
  const manifest = await readManifest(from);
  const there = existsSync(join(to, "journals")) ? to : undefined;
  if (there !== undefined) await demandReplaceable(there, manifest, options);
  const half = `${to}.part-${process.pid}`;
  try {
    await mkdir(half, { recursive: true, mode: 0o700 });
    await mkdir(join(half, "journals"), { recursive: true, mode: 0o700 });
    await copyAll(from, half, manifest);
    const { runs } = await checkStore(half);
    const replaced = existsSync(to) ? await putAside(to) : undefined;
    await rename(half, to);
    await syncPath(dirname(to));
    return { store: to, runs, at: manifest.at, ...(replaced === undefined ? {} : { replaced }) };
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  }
}

async function copyAll(from: string, to: string, manifest: BackupManifest): Promise<void> {
  for (const file of manifest.files) {
    const copied = await copyFile(from, to, file.path);
    if (copied?.sha256 !== file.sha256) {
      const what = copied === undefined ? "it is missing" : "its bytes are not those that were backed up";
      throw nanobrainError("E_STORE_DAMAGED", { file: join(from, file.path), what });
    }
  }
}

async function demandReplaceable(store: string, manifest: BackupManifest, options: RestoreOptions): Promise<void> {
  const { demandUnused } = await import("../../adapters/stores/sqlite/journal-snapshots.js");
  if (options.replace === true) return demandUnused(store);
  const hint = "With --replace the store that is there is put aside, and not lost.";
  const found = await checkStore(store).catch(() => undefined);
  const newer = found !== undefined && (found.events > manifest.events || found.runs > manifest.runs);
  const what = newer ? "it is newer than the backup" : "there is a store already";
  throw nanobrainError("E_USAGE", { problem: `Cannot restore to ${store}: ${what}` }, { hint });
}

/** Renames the folder to a name beside it that is free. */
async function putAside(folder: string): Promise<string> {
  for (let n = 1; ; n++) {
    const aside = `${folder}.before-restore-${n}`;
    if (existsSync(aside)) continue;
    await rename(folder, aside);
    return aside;
  }
}
