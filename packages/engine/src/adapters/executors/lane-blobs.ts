import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Blobs } from "../../contracts/blobs.js";
import type { AttemptFolders } from "../../contracts/executor.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { LaneCall } from "./lane-messages.js";

/** From here on bytes go to the host as a file, which it copies in small parts. */
const maxMessageBytes = 1024 * 1024;

type Ask = (method: LaneCall["method"], ...args: readonly unknown[]) => Promise<unknown>;

/** The host's blobs as a lane sees them. Where they lie in a folder, the lane reads and checks them itself. */
export function laneBlobs(ask: Ask, folders: AttemptFolders): Blobs {
  const path = async (hash: string): Promise<string> => (await ask("path", hash)) as string;
  return {
    async put(bytes) {
      if (bytes.byteLength <= maxMessageBytes) return (await ask("put", bytes)) as string;
      const file = join(folders.scratch, `blob-${randomUUID()}`);
      await mkdir(folders.scratch, { recursive: true, mode: 0o700 });
      try {
        await writeFile(file, bytes, { mode: 0o600 });
        return ((await ask("putFile", file)) as Awaited<ReturnType<Blobs["putFile"]>>).hash;
      } finally {
        await rm(file, { force: true });
      }
    },
    putFile: async (file) => (await ask("putFile", file)) as Awaited<ReturnType<Blobs["putFile"]>>,
    async get(hash) {
      if (folders.blobs === null) return (await ask("get", hash)) as Uint8Array;
      const bytes = await readFile(await path(hash));
      if (createHash("sha256").update(bytes).digest("hex") !== hash) throw nanobrainError("E_BLOB_DAMAGED", { hash });
      return bytes;
    },
    has: async (hash) => (await ask("has", hash)) as boolean,
    path,
  };
}
