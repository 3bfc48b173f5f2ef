import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { Holder } from "../../../contracts/store.js";
import { fileFault } from "./faults.js";

/** Paths of one store folder. Folders are 0700, files 0600. */
export type StoreFolder = {
  readonly root: string;
  readonly createLock: string;
  journal(number: number): string;
  lock(number: number): string;
  owner(number: number): string;
};

export function storeFolder(root: string): StoreFolder {
  const journals = join(root, "journals");
  return {
    root,
    createLock: join(journals, "create.lock"),
    journal: (number) => join(journals, `${number}.db`),
    lock: (number) => join(journals, `${number}.lock`),
    owner: (number) => join(journals, `${number}.owner.json`),
  };
}

/** Makes the folder, and what is above it, where they are missing. */
export function makeStoreFolder(folder: StoreFolder): void {
  try {
    const first = mkdirSync(dirname(folder.createLock), { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    // The root may be there already, made by who keeps other things in it: nobody has synced its name, then.
    const [above, aboveRoot] = [dirname(first), dirname(folder.root)];
    syncFoldersFrom(above.length < aboveRoot.length ? above : aboveRoot, dirname(folder.createLock));
  } catch (error) {
    throw fileFault(folder.root, error);
  }
}

function syncFoldersFrom(top: string, bottom: string): void {
  for (let path = bottom; ; path = dirname(path)) {
    syncFolder(path);
    if (path === top || path === dirname(path)) return;
  }
}

/** Makes the names in a folder survive power loss. */
export function syncFolder(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes an empty file; false: it is there already, and was not touched. */
export function makeFile(path: string): boolean {
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw fileFault(path, error);
  }
}

/** Numbers of the journals there are, ascending. With `suffix` lock: also of those whose file was not made yet. */
export function journalNumbers(folder: StoreFolder, suffix: "db" | "lock"): readonly number[] {
  const pattern = new RegExp(`^([1-9][0-9]{0,8})\\.${suffix}$`);
  const numbers: number[] = [];
  for (const name of namesIn(dirname(folder.createLock))) {
    const number = pattern.exec(name)?.[1];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers.sort((a, b) => a - b);
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw fileFault(path, error);
  }
}

/** This process, as it signs what it holds. */
export function thisProcess(epoch: number): Holder {
  return { pid: process.pid, host: hostname(), startedAt: Math.round(performance.timeOrigin), epoch };
}

/** For reading by people and by other processes; only the lock says whether it is still true. */
export function writeOwner(folder: StoreFolder, number: number, epoch: number): void {
  writeFileSync(folder.owner(number), `${JSON.stringify(thisProcess(epoch))}\n`, { mode: 0o600 });
}

/** Undefined: no one signed, or it is being written. */
export function readOwner(folder: StoreFolder, number: number): Holder | undefined {
  try {
    const owner = JSON.parse(readFileSync(folder.owner(number), "utf8")) as Partial<Holder>;
    const { pid, host, startedAt, epoch } = owner;
    if (typeof pid !== "number" || typeof host !== "string") return undefined;
    return { pid, host, startedAt: Number(startedAt), epoch: Number(epoch) };
  } catch {
    return undefined;
  }
}

export function removeOwner(folder: StoreFolder, number: number): void {
  rmSync(folder.owner(number), { force: true });
}

/** Whether that process runs, as far as this one can tell. */
export function isAlive(owner: Holder): boolean {
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Identity of a file by device and number; undefined: there is none. Opens nothing. */
export function fileIdentity(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

export function fileSizeBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
