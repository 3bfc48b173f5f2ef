import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BackedFile } from "./backup-manifest.js";

const chunkBytes = 1 << 20;

/** Copies one file and syncs the copy. Answers what was copied; undefined: it was removed meanwhile. */
export async function copyFile(from: string, to: string, path: string): Promise<BackedFile | undefined> {
  const source = await open(join(from, path), "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (source === undefined) return undefined;
  try {
    await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
    const target = await open(join(to, path), "wx", 0o600);
    try {
      const hash = createHash("sha256");
      let sizeBytes = 0;
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, chunkBytes);
        if (bytesRead === 0) break;
        const part = buffer.subarray(0, bytesRead);
        hash.update(part);
        await target.writeFile(part);
        sizeBytes += bytesRead;
      }
      await target.sync();
      return { path, sizeBytes, sha256: hash.digest("hex") };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Size and hash of a file as it lies there. */
export async function measureFile(folder: string, path: string): Promise<BackedFile> {
  const file = await open(join(folder, path), "r");
  try {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    for await (const part of file.createReadStream({ autoClose: false, highWaterMark: chunkBytes })) {
      hash.update(part as Buffer);
      sizeBytes += (part as Buffer).byteLength;
    }
    return { path, sizeBytes, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}
