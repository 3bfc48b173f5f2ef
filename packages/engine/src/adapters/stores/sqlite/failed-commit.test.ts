import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../contracts/store.js";
import { sampleEvents, sampleRecord, startRun } from "../../../testing/sample-run.js";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import type { SqliteConnection, SqliteDriver } from "./driver.js";
import { addEvents } from "./journal-writer.js";
import { loadDriver } from "./load-driver.js";
import { openSqliteStore, openSqliteStoreOver } from "./sqlite-store.js";

/** What goes wrong at the next commits. `open`: the file cannot be opened either. */
type Faults = { commits: number; when: "before" | "after"; opens: number };

const ioError = new Error("disk I/O error");

/** The driver with faults put in; `last` is the connection opened last. */
function faulty(driver: SqliteDriver, faults: Faults): SqliteDriver & { last: SqliteConnection | undefined } {
  const wrapped: SqliteDriver & { last: SqliteConnection | undefined } = {
    last: undefined,
    name: driver.name,
    resultCode: (error) => (error === ioError ? 10 : driver.resultCode(error)),
    open: (path) => {
      if (path.endsWith(".db") && faults.opens > 0) {
        faults.opens -= 1;
        throw ioError;
      }
      const connection = driver.open(path);
      if (path.endsWith(".db")) wrapped.last = connection;
      return { ...connection, prepare: (sql) => failing(connection, sql, faults) };
    },
  };
  return wrapped;
}

function failing(connection: SqliteConnection, sql: string, faults: Faults): ReturnType<SqliteConnection["prepare"]> {
  const statement = connection.prepare(sql);
  if (sql !== "COMMIT" && sql !== addEvents) return statement;
  return {
    ...statement,
    run: (values) => {
      if (faults.commits === 0) return statement.run(values);
      faults.commits -= 1;
      if (faults.when === "after") statement.run(values);
      throw ioError;
    },
  };
}

describe.each(availableDrivers)("SQLite store (%s)", (driver) => {
  let folder: string;
  let store: Store;
  let connection: () => SqliteConnection;
  const faults: Faults = { commits: 0, when: "before", opens: 0 };
  beforeEach(async () => {
    Object.assign(faults, { commits: 0, when: "before", opens: 0 });
    folder = await mkdtemp(join(tmpdir(), "nanobrain-store-"));
    const wrapped = faulty(await loadDriver(driver), faults);
    connection = () => wrapped.last as SqliteConnection;
    store = openSqliteStoreOver(wrapped, folder);
    await startRun(store, "run-1");
    await startRun(store, "run-2");
  });
  afterEach(async () => {
    faults.commits = 0;
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const bothRuns = (from: number) => [
    {
      runId: "run-1",
      events: sampleEvents(from, 2),
      record: sampleRecord("run-1", { status: "completed", endedAt: 9 }),
    },
    { runId: "run-2", events: sampleEvents(from, 1) },
  ];
  const commit = async (from: number) => store.commit(bothRuns(from));
  const expectLasts = async (one: number, two: number): Promise<void> => {
    expect(await store.events("run-1")).toEqual(sampleEvents(1, one));
    expect(await store.events("run-2")).toEqual(sampleEvents(1, two));
    expect(await store.runs({ unfinished: true })).toHaveLength(one > 2 ? 1 : 2);
  };

  it("commit fails and is not there: E_STORE_IO, nothing written, the same commit works later", async () => {
    faults.commits = 1;
    await expect(commit(3)).rejects.toMatchObject({ code: "E_STORE_IO", details: { what: "disk I/O error" } });
    await expectLasts(2, 2);
    await commit(3);
    await expectLasts(4, 3);
  });

  it("commit fails and is there: no error, and nothing twice", async () => {
    Object.assign(faults, { commits: 1, when: "after" });
    await commit(3);
    await expectLasts(4, 3);
    await store.commit([{ runId: "run-2", events: sampleEvents(4, 1) }]);
    await expectLasts(4, 4);
  });

  it.each(["before", "after"] as const)(
    "commit fails (%s it was written) and nobody can look: E_STORE_IO, and the same commit again is written once",
    async (when) => {
      Object.assign(faults, { commits: 1, when, opens: 2 });
      await expect(commit(3)).rejects.toMatchObject({ code: "E_STORE_IO" });
      await expect(commit(3)).rejects.toMatchObject({ code: "E_STORE_IO" });
      await commit(3);
      await expectLasts(4, 3);
    },
  );

  it.each(["before", "after"] as const)(
    "commit of one run's events fails (%s it was written): known, and written once",
    async (when) => {
      await commit(3);
      const alone = async () => store.commit([{ runId: "run-2", events: sampleEvents(4, 2) }]);
      Object.assign(faults, { commits: 1, when });
      if (when === "before") await expect(alone()).rejects.toMatchObject({ code: "E_STORE_IO" });
      else await alone();
      await expectLasts(4, when === "before" ? 3 : 5);
      if (when === "before") await alone();
      await expectLasts(4, 5);
    },
  );

  it("commit fails for ever: every try says so, and what was acknowledged is there afterwards", async () => {
    await store.commit([{ runId: "run-2", events: sampleEvents(3, 1) }]);
    faults.commits = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i += 1) {
      const next = async () => store.commit([{ runId: "run-2", events: sampleEvents(4, 1) }]);
      await expect(next()).rejects.toMatchObject({ code: "E_STORE_IO" });
    }
    faults.commits = 0;
    await store.close();
    store = await openSqliteStore({ folder, driver });
    await expectLasts(2, 3);
  });

  it("disk full: E_STORE_FULL, nothing acknowledged is lost, and it goes on when there is room", async () => {
    const pages = Number(connection().prepare("PRAGMA page_count").get([])?.["page_count"]);
    connection()
      .prepare(`PRAGMA max_page_count=${pages + 4}`)
      .get([]);
    let seq = 2;
    const grow = async (): Promise<void> => {
      for (; seq < 2000; seq += 50) await store.commit([{ runId: "run-1", events: sampleEvents(seq + 1, 50) }]);
    };
    await expect(grow()).rejects.toMatchObject({
      code: "E_STORE_FULL",
      details: { what: expect.stringContaining("full") },
    });
    expect(seq).toBeGreaterThan(2);
    await expect(grow()).rejects.toMatchObject({ code: "E_STORE_FULL" });
    expect(await store.events("run-1")).toEqual(sampleEvents(1, seq));
    connection().prepare("PRAGMA max_page_count=100000").get([]);
    await grow();
    expect(await store.events("run-1")).toEqual(sampleEvents(1, seq));
    expect(seq).toBeGreaterThanOrEqual(2000);
  });
});
