import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { blobsConformance } from "../../testing/blobs-conformance.js";
import { openMemoryBlobs } from "./memory-blobs.js";

blobsConformance("memory", async () => {
  const blobs = openMemoryBlobs();
  return { blobs, cleanup: () => blobs.close() };
});

describe("memory blobs", () => {
  it("close: files made by path are gone, and made again when asked for", async () => {
    const blobs = openMemoryBlobs();
    const hash = await blobs.put(Buffer.from("x"));
    const path = await blobs.path(hash);
    await blobs.close();
    expect(existsSync(path)).toBe(false);
    const again = await blobs.path(hash);
    expect(existsSync(again)).toBe(true);
    await blobs.close();
  });
});
