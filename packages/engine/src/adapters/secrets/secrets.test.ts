import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSecrets } from "./secrets.js";

describe("secrets", () => {
  let folder: string;
  let dotenv: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nanobrain-secrets-"));
    dotenv = join(folder, ".env");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("read: the environment comes before the file, the file before .env", async () => {
    await writeFile(join(folder, "A"), "file a\n");
    await writeFile(join(folder, "B"), "file b");
    await writeFile(dotenv, "A=dot a\nB=dot b\nC=dot c\n");
    const secrets = createSecrets({ env: { A: "env a" }, folder, dotenv });
    expect(await secrets.read("A")).toBe("env a");
    expect(await secrets.read("B")).toBe("file b");
    expect(await secrets.read("C")).toBe("dot c");
    expect(await secrets.read("D")).toBeUndefined();
  });

  it("read: an empty value counts as not set", async () => {
    await writeFile(join(folder, "A"), "\n");
    await writeFile(dotenv, "A='from .env'");
    expect(await createSecrets({ env: { A: "" }, folder, dotenv }).read("A")).toBe("from .env");
  });

  it("read: one line break at the end of a file is dropped, nothing else", async () => {
    await writeFile(join(folder, "A"), "  two\r\nlines \r\n");
    expect(await createSecrets({ env: {}, folder }).read("A")).toBe("  two\r\nlines ");
  });

  it("read: a changed file is read anew", async () => {
    const secrets = createSecrets({ env: {}, folder });
    expect(await secrets.read("A")).toBeUndefined();
    await writeFile(join(folder, "A"), "one");
    expect(await secrets.read("A")).toBe("one");
    await writeFile(join(folder, "A"), "two");
    expect(await secrets.read("A")).toBe("two");
  });

  it.each(["../outside", "inner/A", ".env", "", "a\0b", "constructor", "__proto__", "toString"])(
    "read: %j gives nothing",
    async (name) => {
      const inside = join(folder, "secrets");
      await mkdir(join(inside, "inner"), { recursive: true });
      await writeFile(join(inside, "inner", "A"), "x");
      await writeFile(join(folder, "outside"), "x");
      await writeFile(join(inside, ".env"), "X=1");
      const secrets = createSecrets({ env: {}, folder: inside, dotenv: join(inside, ".env") });
      expect(await secrets.read(name)).toBeUndefined();
    },
  );

  it("read: a file that is there and cannot be read is E_SECRET naming the file, not the value", async () => {
    await mkdir(join(folder, "A"));
    await expect(createSecrets({ env: {}, folder }).read("A")).rejects.toMatchObject({
      code: "E_SECRET",
      hint: expect.stringContaining("EISDIR"),
    });
  });
});
