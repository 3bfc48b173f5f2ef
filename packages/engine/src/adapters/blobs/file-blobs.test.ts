import { chmod, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobsConformance } from "../../testing/blobs-conformance.js";
import { openFileBlobs } from "./file-blobs.js";

let folder: string;
const makeFolder = async (): Promise<string> => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-blobs-"));
  return join(folder, "blobs");
};
const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });

blobsConformance("file", async () => ({ blobs: openFileBlobs(await makeFolder()), cleanup: removeFolder }));

describe("file blobs", () => {
  let root: string;
  beforeEach(async () => {
    root = await makeFolder();
  });
  afterEach(removeFolder);
  const bytes = Buffer.from("some bytes");

  it("put: another opening of the folder finds it", async () => {
    const hash = await openFileBlobs(root).put(bytes);
    expect(Buffer.from(await openFileBlobs(root).get(hash)).toString()).toBe("some bytes");
  });

  it("put: folders are 0700, files 0600, nothing temporary is left", async () => {
    const blobs = openFileBlobs(root);
    const path = await blobs.path(await blobs.put(bytes));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    expect(await readdir(join(root, "temporary"))).toEqual([]);
  });

  it("get: changed bytes are E_BLOB_DAMAGED", async () => {
    const blobs = openFileBlobs(root);
    const hash = await blobs.put(bytes);
    await writeFile(await blobs.path(hash), "some bytez");
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "E_BLOB_DAMAGED", details: { hash } });
  });

  it("put: a cut blob is replaced, also by who wrote it", async () => {
    const blobs = openFileBlobs(root);
    const hash = await blobs.put(bytes);
    await truncate(await blobs.path(hash), 3);
    await expect(blobs.get(hash)).rejects.toMatchObject({ code: "E_BLOB_DAMAGED" });
    await blobs.put(bytes);
    expect(Buffer.from(await blobs.get(hash)).toString()).toBe("some bytes");
  });

  it("put: what dead processes left half-written is removed in time, what others write now is not", async () => {
    const temporary = join(root, "temporary");
    await openFileBlobs(root).put(bytes);
    await writeFile(join(temporary, "old"), "x");
    await utimes(join(temporary, "old"), 1, 1);
    await writeFile(join(temporary, "new"), "x");
    await openFileBlobs(root).put(Buffer.from("more"));
    expect(await readdir(temporary)).toEqual(["new"]);
  });

  it("put: a place that cannot be written to is E_STORE_IO, and works once it can", async () => {
    await writeFile(root, "a file, not a folder");
    const blobs = openFileBlobs(root);
    await expect(blobs.put(bytes)).rejects.toMatchObject({ code: "E_STORE_IO" });
    await rm(root);
    await expect(blobs.put(bytes)).resolves.toHaveLength(64);
    await chmod(root, 0o700);
  });
});
