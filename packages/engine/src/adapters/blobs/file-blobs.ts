import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Blobs } from "../../contracts/blobs.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { blobDamaged, blobMissing, isHash, sha256 } from "./blob-hash.js";

const chunkBytes = 1 << 20;
/** Left behind by processes that died while writing. */
const staleAfterMs = 60 * 60 * 1000;
/** A blob that is put again is not swept as unused: its time is renewed when it is older than this. */
const touchedAfterMs = 60 * 1000;
/** Blobs that this process knows to be on disk, so that putting them again costs nothing. */
const remembered = 20_000;

/**
 * Blobs as files `ab/cdef...` (folders 0700, files 0600), from any number of processes at once.
 * I1. A file has its final name only when it is whole and synced. I2. `put` answers after file and folder are synced.
 * I3. A damaged file is never answered, and is replaced when the same bytes are put again and its size shows it.
 */
class FileBlobs implements Blobs {
  readonly #folder: string;
  readonly #written = new Set<string>();
  /** Folders `ab` whose own name survives power loss. */
  readonly #prefixes = new Set<string>();
  #temporary: Promise<string> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const hash = sha256(bytes);
    if (!(await this.#isWritten(hash, bytes.byteLength))) {
      await this.#writing(async (file) => {
        await file.writeFile(bytes);
        return hash;
      });
    }
    return hash;
  }

  async putFile(path: string): Promise<{ readonly hash: string; readonly sizeBytes: number }> {
    const source = await open(path, "r");
    try {
      let sizeBytes = 0;
      const hash = await this.#writing(async (file) => {
        const digest = createHash("sha256");
        for await (const chunk of chunksOf(source)) {
          digest.update(chunk);
          await file.writeFile(chunk);
          sizeBytes += chunk.byteLength;
        }
        return digest.digest("hex");
      });
      return { hash, sizeBytes };
    } finally {
      await source.close();
    }
  }

  async get(hash: string): Promise<Uint8Array> {
    if (!isHash(hash)) throw blobMissing(hash);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(this.#pathOf(hash));
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOENT" ? blobMissing(hash) : this.#fault(error);
    }
    if (sha256(bytes) !== hash) throw blobDamaged(hash);
    return bytes;
  }

  async has(hash: string): Promise<boolean> {
    return isHash(hash) && (await sizeOf(this.#pathOf(hash))) !== undefined;
  }

  async path(hash: string): Promise<string> {
    if (!(await this.has(hash))) throw blobMissing(hash);
    return this.#pathOf(hash);
  }

  #pathOf(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), hash.slice(2));
  }

  /** True: there, whole, and its name survives power loss, whoever wrote it. Its time says that it is in use again. */
  async #isWritten(hash: string, sizeBytes: number): Promise<boolean> {
    const path = this.#pathOf(hash);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true || found.size !== sizeBytes) return false;
    if (found.mtimeMs < Date.now() - touchedAfterMs && !(await touch(path))) return false;
    if (!this.#written.has(hash)) {
      await this.#syncNameOf(hash);
    }
    return true;
  }

  /** Writes a new file under a name nobody else uses, then gives it the name of the hash `write` answers. */
  async #writing(write: (file: FileHandle) => Promise<string>): Promise<string> {
    this.#temporary ??= makeTemporaryFolder(this.#folder);
    const temporary = join(await this.#temporary.catch((error: unknown) => this.#forgetTemporary(error)), randomUUID());
    try {
      const file = await open(temporary, "wx", 0o600);
      let hash: string;
      try {
        hash = await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#place(temporary, hash);
      return hash;
    } catch (error) {
      await rm(temporary, { force: true });
      throw this.#fault(error);
    }
  }

  async #place(temporary: string, hash: string): Promise<void> {
    const parent = join(this.#folder, hash.slice(0, 2));
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await rename(temporary, this.#pathOf(hash));
    await this.#syncNameOf(hash);
  }

  async #syncNameOf(hash: string): Promise<void> {
    const prefix = hash.slice(0, 2);
    await syncFolder(join(this.#folder, prefix));
    if (!this.#prefixes.has(prefix)) await syncFolder(this.#folder);
    this.#prefixes.add(prefix);
    if (this.#written.size >= remembered) this.#written.clear();
    this.#written.add(hash);
  }

  #forgetTemporary(error: unknown): never {
    this.#temporary = undefined;
    throw this.#fault(error);
  }

  #fault(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return error;
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    return nanobrainError(
      isFull ? "E_STORE_FULL" : "E_STORE_IO",
      { file: this.#folder, what: message },
      { cause: error },
    );
  }
}

async function* chunksOf(source: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { buffer, bytesRead } = await source.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function makeTemporaryFolder(folder: string): Promise<string> {
  const path = join(folder, "temporary");
  await mkdir(path, { recursive: true, mode: 0o700 });
  await syncFolder(resolve(folder, ".."));
  const old = Date.now() - staleAfterMs;
  for (const name of await readdir(path)) {
    const found = await stat(join(path, name)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < old) await rm(join(path, name), { force: true });
  }
  return path;
}

/** False: it has just been removed. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Blobs in `folder`, which is made when the first one is put. */
export function openFileBlobs(folder: string): Blobs {
  return new FileBlobs(resolve(folder));
}
