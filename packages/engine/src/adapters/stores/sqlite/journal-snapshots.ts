import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import type { SqliteDriver } from "./driver.js";
import { openFault } from "./faults.js";
import { FileLock } from "./file-lock.js";
import { closeQuietly, openForReading } from "./journal-connection.js";
import { loadDriver } from "./load-driver.js";
import { journalNumbers, makeStoreFolder, storeFolder, syncFolder } from "./store-folder.js";

/**
 * Copies every journal of a store into a new one, each as it is at one moment, whoever writes it meanwhile. Answers their
 * files. What was acknowledged before the call is in the copy.
 */
export async function snapshotJournals(root: string, target: string): Promise<readonly string[]> {
  const driver = await loadDriver();
  const [from, to] = [storeFolder(root), storeFolder(target)];
  makeStoreFolder(to);
  const files: string[] = [];
  for (const number of journalNumbers(from, "db")) {
    const file = from.journal(number);
    // One that its owner has not finished making has no run yet.
    const journal = openForReading(driver, file);
    if (journal === undefined) continue;
    closeQuietly(journal.prepared.connection);
    copyJournal(driver, file, to.journal(number));
    files.push(to.journal(number));
  }
  syncFolder(dirname(to.createLock));
  return files;
}

function copyJournal(driver: SqliteDriver, file: string, copy: string): void {
  const connection = driver.open(file);
  try {
    connection.exec(
      "PRAGMA busy_timeout=5000; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA synchronous=FULL",
    );
    connection.prepare("VACUUM INTO ?").run([copy]);
    chmodSync(copy, 0o600);
  } catch (error) {
    throw openFault(driver, file, error);
  } finally {
    closeQuietly(connection);
  }
}

/** Fails with E_STORE_LOCKED while a process has one of the store's journals. */
export async function demandUnused(root: string): Promise<void> {
  const driver = await loadDriver();
  const folder = storeFolder(root);
  for (const number of journalNumbers(folder, "lock")) {
    const lock = new FileLock(driver, folder.lock(number));
    const isTaken = lock.isTaken();
    lock.close();
    if (isTaken)
      throw nanobrainError("E_STORE_LOCKED", { file: folder.journal(number), what: "a process works on it" });
  }
}
