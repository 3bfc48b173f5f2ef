import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Blobs } from "../contracts/blobs.js";

export type BlobsUnderTest = { readonly blobs: Blobs; cleanup(): Promise<void> };

const hello = new TextEncoder().encode("hello");
const hashOfHello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/** Registers the tests that every Blobs passes. */
export function blobsConformance(name: string, open: () => Promise<BlobsUnderTest>): void {
  describe(`${name} blobs`, () => {
    let subject: BlobsUnderTest;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.cleanup());
    const blobs = (): Blobs => subject.blobs;
    bytesAndHashes(blobs);
    files(blobs);
  });
}

function bytesAndHashes(blobs: () => Blobs): void {
  it("put: answers the sha-256, and get the bytes", async () => {
    expect(await blobs().put(hello)).toBe(hashOfHello);
    expect(Buffer.from(await blobs().get(hashOfHello)).toString()).toBe("hello");
    expect(await blobs().has(hashOfHello)).toBe(true);
  });

  it("put: any bytes come back, none too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        const back = await blobs().get(await blobs().put(bytes));
        expect(Buffer.from(back).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it("put: the same bytes many times at once are one blob", async () => {
    const bytes = randomBytes(300_000);
    const hashes = await Promise.all(Array.from({ length: 20 }, () => blobs().put(bytes)));
    expect(new Set(hashes).size).toBe(1);
    expect(Buffer.from(await blobs().get(hashes[0] as string)).equals(bytes)).toBe(true);
  });

  it("put: callers cannot change what is stored", async () => {
    const bytes = Uint8Array.from(hello);
    const hash = await blobs().put(bytes);
    bytes.fill(0);
    (await blobs().get(hash)).fill(0);
    expect(Buffer.from(await blobs().get(hash)).toString()).toBe("hello");
  });

  it.each(["0".repeat(64), hashOfHello.toUpperCase(), "../../etc/passwd", ""])("get: %j is missing", async (hash) => {
    await blobs().put(hello);
    await expect(blobs().get(hash)).rejects.toMatchObject({ code: "E_BLOB_MISSING" });
    await expect(blobs().path(hash)).rejects.toMatchObject({ code: "E_BLOB_MISSING" });
    expect(await blobs().has(hash)).toBe(false);
  });
}

function files(blobs: () => Blobs): void {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nanobrain-blobs-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("putFile: a file larger than what is read at once is copied whole, and its source may go", async () => {
    const bytes = randomBytes(3_500_001);
    const source = join(folder, "source");
    await writeFile(source, bytes);
    const { hash, sizeBytes } = await blobs().putFile(source);
    await rm(source);
    expect(sizeBytes).toBe(bytes.byteLength);
    expect(hash).toBe(await blobs().put(bytes));
    expect(Buffer.from(await blobs().get(hash)).equals(bytes)).toBe(true);
  });

  it("putFile: a file that is not there is refused", async () => {
    await expect(blobs().putFile(join(folder, "missing"))).rejects.toThrow(/ENOENT/);
  });

  it("path: names a file with the bytes, the same for all who ask", async () => {
    const hash = await blobs().put(hello);
    const paths = await Promise.all([blobs().path(hash), blobs().path(hash)]);
    expect(paths[0]).toBe(paths[1]);
    expect(await readFile(paths[0], "utf8")).toBe("hello");
  });
}
