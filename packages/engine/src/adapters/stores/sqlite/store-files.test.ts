import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Store } from "../../../contracts/store.js";
import { sampleEvents, sampleRecord, startRun } from "../../../testing/sample-run.js";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import type { DriverName } from "./driver.js";
import { loadDriver } from "./load-driver.js";
import { openSqliteStore } from "./sqlite-store.js";

const names: readonly DriverName[] = ["libsql", "node"];

describe.each(availableDrivers)("SQLite store's files (%s)", (driver) => {
  let above: string;
  let folder: string;
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openSqliteStore({ folder, driver });
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), "nanobrain-store-"));
    folder = join(above, "deep", ".nanobrain");
  });
  afterEach(async () => {
    vi.useRealTimers();
    for (const store of stores.splice(0)) await store.close();
    await rm(above, { recursive: true, force: true });
  });
  const sql = async (...statements: string[]): Promise<void> => {
    const connection = (await loadDriver(driver)).open(join(folder, "journals", "1.db"));
    for (const statement of statements) connection.exec(statement);
    connection.close();
  };
  const made = async (): Promise<void> => {
    const store = await open();
    await startRun(store, "run-1");
    await store.close();
  };

  it("looking around makes no files and takes no journal", async () => {
    const store = await open();
    expect(await store.runs()).toEqual([]);
    expect(await store.find("x")).toBeUndefined();
    expect(await store.claim("x")).toEqual({ status: "unknown" });
    expect(await readdir(above)).toEqual([]);
    await startRun(await open(), "run-1");
    const before = await readdir(join(folder, "journals"));
    expect(await store.events("run-1")).toEqual(sampleEvents(1, 2));
    expect(await readdir(join(folder, "journals"))).toEqual(before);
  });

  it("folders are 0700 and files 0600, while open and afterwards", async () => {
    const store = await open();
    await startRun(store, "run-1");
    const modes = async (): Promise<string[]> => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = found.map((entry) => join(entry.parentPath, entry.name));
      const stats = await Promise.all([folder, ...paths].map((path) => stat(path)));
      return stats.map((entry) => `${entry.isDirectory() ? "folder" : "file"} ${(entry.mode & 0o777).toString(8)}`);
    };
    expect(new Set(await modes())).toEqual(new Set(["folder 700", "file 600"]));
    await store.close();
    expect(new Set(await modes())).toEqual(new Set(["folder 700", "file 600"]));
  });

  it("the owner is readable beside the journal, and gone after an orderly end", async () => {
    const store = await open();
    await startRun(store, "run-1");
    const path = join(folder, "journals", "1.owner.json");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(await store.holder("run-1"));
    await store.close();
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
  });

  it("two stores in one process: one writes a run, the other reads it and is refused until the first is closed", async () => {
    const [one, two] = [await open(), await open()];
    await startRun(one, "run-1");
    await startRun(two, "run-2");
    expect((await two.runs()).map((run) => run.id).sort()).toEqual(["run-1", "run-2"]);
    expect(await two.claim("run-1")).toMatchObject({ status: "held", holder: { pid: process.pid } });
    await expect(startRun(two, "run-1", { name: "other" })).rejects.toMatchObject({ code: "E_RUN_EXISTS" });
    await expect(startRun(two, "run-3", { name: "name-of-run-1" })).rejects.toMatchObject({ code: "E_RUN_EXISTS" });
    await one.close();
    expect(await two.claim("run-1")).toMatchObject({ status: "claimed" });
    await two.commit([
      { runId: "run-1", events: sampleEvents(3, 1) },
      { runId: "run-2", events: sampleEvents(3, 1) },
    ]);
    expect(await two.events("run-1")).toEqual(sampleEvents(1, 3));
    expect(await two.events("run-2")).toEqual(sampleEvents(1, 3));
  });

  it("commit over two journals: a refused batch leaves both as they were", async () => {
    const one = await open();
    await startRun(one, "run-1");
    const two = await open();
    await startRun(two, "run-2");
    await one.close();
    await two.claim("run-1");
    const wrong = async () =>
      two.commit([
        { runId: "run-2", events: sampleEvents(3, 1) },
        { runId: "run-1", events: sampleEvents(9, 1) },
      ]);
    await expect(wrong()).rejects.toMatchObject({ code: "E_INTERNAL" });
    expect(await two.events("run-2")).toEqual(sampleEvents(1, 2));
  });

  it("a holder whose lock was lost cannot write after a take-over", async () => {
    const old = await open();
    await startRun(old, "run-1");
    await rm(join(folder, "journals", "1.lock"));
    const taker = await open();
    expect(await taker.claim("run-1")).toMatchObject({ status: "claimed", epoch: 2 });
    const late = async () => old.commit([{ runId: "run-1", events: sampleEvents(3, 1) }]);
    await expect(late()).rejects.toMatchObject({ code: expect.stringMatching(/^E_STORE_(LOCKED|IO)$/) });
    await taker.commit([{ runId: "run-1", events: sampleEvents(3, 2) }]);
    await expect(late()).rejects.toMatchObject({ code: expect.stringMatching(/^E_STORE_(LOCKED|IO)$/) });
    expect(await taker.events("run-1")).toEqual(sampleEvents(1, 4));
  });

  it("a journal that was moved away under its writer is noticed", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const store = await open();
    await startRun(store, "run-1");
    await rename(join(folder, "journals", "1.db"), join(folder, "journals", "moved"));
    vi.advanceTimersByTime(10_000);
    const commit = async () => store.commit([{ runId: "run-1", events: sampleEvents(3, 1) }]);
    await expect(commit()).rejects.toMatchObject({ code: "E_STORE_IO" });
  });

  it("format: a newer one is E_STORE_NEWER, for readers and writers", async () => {
    await made();
    await sql("PRAGMA user_version=4");
    const store = await open();
    const newer = { code: "E_STORE_NEWER", details: { found: 4, known: 3 } };
    await expect(store.runs()).rejects.toMatchObject(newer);
    await expect(startRun(store, "run-2")).rejects.toMatchObject(newer);
  });

  it("format: an older one is E_STORE_OLDER, for readers and writers", async () => {
    await made();
    await sql("PRAGMA user_version=1");
    const bytes = await readFile(join(folder, "journals", "1.db"));
    const store = await open();
    const older = {
      code: "E_STORE_OLDER",
      details: { found: 1, known: 2 },
      hint: expect.stringContaining("the version that wrote it"),
    };
    await expect(store.runs()).rejects.toMatchObject(older);
    await expect(startRun(store, "run-2")).rejects.toMatchObject(older);
    expect(await readFile(join(folder, "journals", "1.db"))).toEqual(bytes);
  });

  it("format: the one before is read as it is, and is of this version once it is written to", async () => {
    await made();
    await sql("PRAGMA user_version=2");
    const version = async (): Promise<number> => (await readFile(join(folder, "journals", "1.db"))).readUInt32BE(60);
    const store = await open();
    const before = await store.runs();
    expect(before).toHaveLength(1);
    await startRun(store, "run-2");
    await store.close();
    expect(await version()).toBe(3);
    expect((await (await open()).runs()).map(({ id }) => id).sort()).toEqual(["run-1", "run-2"]);
  });

  it.each([
    ["a trigger", "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END"],
    ["a view", "CREATE VIEW v AS SELECT 1"],
    ["another application's number", "PRAGMA application_id=7"],
    ["no version", "PRAGMA user_version=0"],
  ])("format: a file with %s is refused", async (_name, statement) => {
    await made();
    await sql(statement);
    const store = await open();
    await expect(store.runs()).rejects.toMatchObject({ code: "E_STORE_DAMAGED" });
    await expect(startRun(store, "run-2")).rejects.toMatchObject({ code: "E_STORE_DAMAGED" });
  });

  it("format: a file that is no database is E_STORE_DAMAGED", async () => {
    await made();
    await writeFile(
      join(folder, "journals", "1.db"),
      "not a database, though long enough to be taken for one".repeat(100),
    );
    await expect((await open()).runs()).rejects.toMatchObject({ code: "E_STORE_DAMAGED" });
  });

  it("format: what a process that died at its first start left behind is used", async () => {
    await made();
    await writeFile(join(folder, "journals", "2.lock"), "");
    await writeFile(join(folder, "journals", "2.db"), "");
    await writeFile(join(folder, "journals", "3.lock"), "");
    const [one, two] = [await open(), await open()];
    expect(await one.runs()).toHaveLength(1);
    await startRun(one, "new-1");
    await startRun(two, "new-2");
    expect(await two.runs()).toHaveLength(3);
    expect((await readdir(join(folder, "journals"))).filter((name) => name.endsWith(".db"))).toHaveLength(3);
  });

  it("an ended run's journal is used again, one with an unfinished run is left alone", async () => {
    const one = await open();
    await startRun(one, "run-1");
    await one.commit([
      { runId: "run-1", events: sampleEvents(3, 1), record: sampleRecord("run-1", { status: "completed" }) },
    ]);
    await one.close();
    const two = await open();
    await startRun(two, "run-2");
    await two.close();
    const three = await open();
    await startRun(three, "run-3");
    expect((await readdir(join(folder, "journals"))).filter((name) => name.endsWith(".db"))).toEqual(["1.db", "2.db"]);
    expect(await (await open()).claim("run-1")).toMatchObject({ status: "claimed" });
  });

  it("another driver in the same process is refused: the two would drop each other's locks", async () => {
    await made();
    await open();
    const other = names.find((name) => name !== driver && availableDrivers.includes(name));
    if (other === undefined) return;
    await expect(openSqliteStore({ folder, driver: other })).rejects.toMatchObject({ code: "E_STORE_LOCKED" });
  });
});
