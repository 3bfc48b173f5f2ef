import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRuntime } from "../create-runtime.js";
import type { Runtime } from "../runtime.js";
import { Workflow } from "../workflow.js";
import { backupStore } from "./backup-store.js";
import { restoreStore } from "./restore-store.js";

const document = `name: asked
output_data_units:
  said: { class: DataUnitMemory }
steps:
  big: { class: TransformStep, config: { expression: "[1..20000]" } }
  ask: { class: ApprovalStep, config: { question: "Go on?", choices: ["yes", "no"] }, inputs: { n: { from: big.output } } }
links:
  said: { class: DirectLink, config: { source: ask.decision, target: said } }
`;

let folder = "";
let runtime: Runtime;
const store = (): string => join(folder, "store");
const backup = (): string => join(folder, "backup");

/** A run that waits for a person, with a value large enough to be a blob. */
async function startAsked(id: string): Promise<void> {
  writeFileSync(join(folder, "asked.yml"), document);
  const workflow = await Workflow.fromConfig(join(folder, "asked.yml"), { runtime });
  const run = workflow.start({}, { runId: id });
  expect((await run.result()).status).toBe("waiting");
}

async function answered(place: string, id: string): Promise<unknown> {
  const other = await createRuntime({ store: place, project: folder });
  try {
    const run = await other.resume(id);
    await run.answer("ask", "yes", "test");
    return await run.result();
  } finally {
    await other.close();
  }
}

function blobsOf(place: string): readonly string[] {
  return readdirSync(join(place, "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-backup-"));
  runtime = await createRuntime({ store: store(), project: folder });
  await startAsked("one");
});

afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true });
});

describe("backupStore and restoreStore", () => {
  it("backup: of a store in use, restored elsewhere, goes on to the same end", async () => {
    const made = await backupStore(store(), backup());
    expect(made).toMatchObject({ runs: 1, folder: backup() });
    await startAsked("two");
    const restored = await restoreStore(backup(), join(folder, "again"));
    expect(restored).toMatchObject({ runs: 1, store: join(folder, "again") });
    expect(await answered(join(folder, "again"), "one")).toMatchObject({
      status: "completed",
      outputs: { said: "yes" },
    });
    expect(statSync(backup()).mode & 0o777).toBe(0o700);
    for (const path of blobsOf(backup())) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("backup: never over something that is there", async () => {
    await backupStore(store(), backup());
    await expect(backupStore(store(), backup())).rejects.toMatchObject({ code: "E_USAGE" });
    expect(readdirSync(folder).filter((name) => name.includes(".part-"))).toEqual([]);
  });

  it("restore: not over a newer store, nor over one in use; what is replaced is put aside", async () => {
    await backupStore(store(), backup());
    await startAsked("two");
    await expect(restoreStore(backup(), store())).rejects.toThrow(/newer than the backup/);
    await expect(restoreStore(backup(), store(), { replace: true })).rejects.toMatchObject({ code: "E_STORE_LOCKED" });
    await runtime.close();
    const { replaced, runs } = await restoreStore(backup(), store(), { replace: true });
    expect([runs, replaced]).toEqual([1, `${store()}.before-restore-1`]);
    runtime = await createRuntime({ store: replaced ?? "", project: folder });
    expect(await runtime.store.runs()).toHaveLength(2);
  });

  it.each(["journals", "blobs"])(
    "restore: a byte changed, or a file gone, among the %s is noticed, and nothing is restored",
    async (part) => {
      await backupStore(store(), backup());
      const paths = part === "blobs" ? blobsOf(backup()) : [join(backup(), "journals/1.db")];
      const path = paths[0] ?? "";
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      await expect(restoreStore(backup(), join(folder, "again"))).rejects.toMatchObject({ code: "E_STORE_DAMAGED" });
      rmSync(path);
      await expect(restoreStore(backup(), join(folder, "again"))).rejects.toThrow(/missing/);
      expect(existsSync(join(folder, "again"))).toBe(false);
    },
  );

  it("restore: a list of files that leads elsewhere, or of a later version, is refused", async () => {
    await backupStore(store(), backup());
    const file = join(backup(), "backup.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { files: object[] };
    const write = (value: object): void => writeFileSync(file, JSON.stringify(value));
    write({ ...manifest, files: [{ path: "blobs/../../x", sizeBytes: 1, sha256: "0".repeat(64) }] });
    await expect(restoreStore(backup(), join(folder, "again"))).rejects.toMatchObject({ code: "E_STORE_DAMAGED" });
    write({ ...manifest, format: 2 });
    await expect(restoreStore(backup(), join(folder, "again"))).rejects.toMatchObject({ code: "E_STORE_NEWER" });
    rmSync(file);
    await expect(restoreStore(backup(), join(folder, "again"))).rejects.toMatchObject({ code: "E_STORE_DAMAGED" });
  });
});
