import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Blobs } from "../../contracts/blobs.js";
import type { AttemptFolders } from "../../contracts/executor.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { LaneCall } from "./lane-messages.js";

/** From here on bytes go to the host as a file, which it copies in small parts. */
const maxMessageBytes = 1024 * 1024;

type Asker = { ask(method: LaneCall["method"], ...args: readonly unknown[]): Promise<unknown> };

/** The host's blobs as an attempt in a lane sees them. Where they lie in a folder, the lane reads and checks them itself. */
export class LaneBlobs implements Blobs {
  readonly #line: Asker;
  readonly #folders: AttemptFolders;

  constructor(line: Asker, folders: AttemptFolders) {
    this.#line = line;
    this.#folders = folders;
  }

  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.byteLength <= maxMessageBytes) return (await this.#line.ask("put", bytes)) as string;
    const { scratch } = this.#folders;
    const file = join(scratch, `blob-${randomUUID()}`);
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    try {
      await writeFile(file, bytes, { mode: 0o600 });
      return (await this.putFile(file)).hash;
    } finally {
      await rm(file, { force: true });
    }
  }

  async putFile(file: string): ReturnType<Blobs["putFile"]> {
    return (await this.#line.ask("putFile", file)) as Awaited<ReturnType<Blobs["putFile"]>>;
  }

  async get(hash: string): Promise<Uint8Array> {
    if (this.#folders.blobs === null) return (await this.#line.ask("get", hash)) as Uint8Array;
    const bytes = await readFile(await this.path(hash));
    if (createHash("sha256").update(bytes).digest("hex") !== hash) throw nanobrainError("E_BLOB_DAMAGED", { hash });
    return bytes;
  }

  async has(hash: string): Promise<boolean> {
    return (await this.#line.ask("has", hash)) as boolean;
  }

  async path(hash: string): Promise<string> {
    return (await this.#line.ask("path", hash)) as string;
  }
}
