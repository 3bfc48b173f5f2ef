import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../contracts/store.js";
import { sampleEvents, sampleRecord, startRun } from "../../../testing/sample-run.js";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import type { SqliteDriver, SqliteStatement } from "./driver.js";
import { loadDriver } from "./load-driver.js";
import { openSqliteStoreOver } from "./sqlite-store.js";

const program = fileURLToPath(new URL("../../../../dist/testing/store-process.js", import.meta.url));
const strace = spawnSync("strace", ["-V"]).status === 0;

/** The driver with its calls counted: statements of journals, by the first word of each. */
function counting(driver: SqliteDriver, counts: Map<string, number>): SqliteDriver {
  const counted = (sql: string, statement: SqliteStatement): SqliteStatement => {
    const count = (): SqliteStatement => {
      const [word = ""] = sql.split(" ");
      counts.set(word, (counts.get(word) ?? 0) + 1);
      return statement;
    };
    return {
      run: (values) => count().run(values),
      get: (values) => count().get(values),
      all: (values) => count().all(values),
    };
  };
  return {
    ...driver,
    open: (path) => {
      const connection = driver.open(path);
      if (!path.endsWith(".db")) return connection;
      return { ...connection, prepare: (sql) => counted(sql, connection.prepare(sql)) };
    },
  };
}

describe.each(availableDrivers)("what the SQLite store costs (%s)", (driver) => {
  let folder: string;
  let store: Store;
  let child: ChildProcess | undefined;
  const counts = new Map<string, number>();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nanobrain-store-"));
    store = openSqliteStoreOver(counting(await loadDriver(driver), counts), folder);
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("statements: one for a commit that adds events to one run", async () => {
    await startRun(store, "run-1");
    counts.clear();
    for (let seq = 2; seq < 102; seq += 2) await store.commit([{ runId: "run-1", events: sampleEvents(seq + 1, 2) }]);
    expect(Object.fromEntries(counts)).toEqual({ INSERT: 50 });
  });

  it("statements: seven for a commit of 200 runs, seventeen and one look for 200 new runs", async () => {
    const ids = Array.from({ length: 200 }, (_unused, at) => `run-${at}`);
    await startRun(store, "first");
    counts.clear();
    await Promise.all(ids.map((id) => startRun(store, id)));
    expect(Object.fromEntries(counts)).toEqual({ SELECT: 2, BEGIN: 1, INSERT: 12, UPDATE: 1, COMMIT: 1 });
    counts.clear();
    await store.commit(ids.map((runId) => ({ runId, events: sampleEvents(3, 2) })));
    expect(Object.fromEntries(counts)).toEqual({ SELECT: 1, BEGIN: 1, INSERT: 4, COMMIT: 1 });
    expect(await store.runs()).toHaveLength(201);
    for (const id of ids) expect(await store.events(id)).toEqual(sampleEvents(1, 4));
  });

  it("bytes: at most 60 for a commit, beside its events", async () => {
    await startRun(store, "run-1");
    const commits = 3000;
    let texts = 0;
    for (let seq = 2; seq < 2 + commits; seq += 1) {
      const events = sampleEvents(seq + 1, 1);
      texts += Buffer.byteLength(JSON.stringify(events));
      await store.commit([{ runId: "run-1", events }]);
    }
    const record = sampleRecord("run-1", { status: "completed", endedAt: 1 });
    await store.commit([{ runId: "run-1", events: [], record }]);
    await store.close();
    const { size } = statSync(join(folder, "journals", "1.db"));
    // Pages are full up to the row that does not fit any more.
    expect((size * 0.93 - texts) / commits).toBeLessThan(60);
  });

  it.skipIf(!strace)("syncs: one for each commit of a run that goes on alone", async () => {
    const log = join(folder, "strace");
    const args = ["-f", "-e", "trace=fsync,fdatasync", "-o", log, process.execPath, program, folder, driver];
    child = spawn("strace", args, { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "exit");
    child.stdin?.end("create run-1\nhundred run-1\nhundred run-1\nhundred run-1\n");
    const answers: string[] = [];
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) answers.push(line);
    await ended;
    expect(answers.at(-1)).toBe("302");
    const syncs = (await readFile(log, "utf8")).match(/\b(?:fsync|fdatasync)\(/g)?.length ?? 0;
    // Opening and closing sync too: folders, the file and its log.
    expect(syncs).toBeGreaterThanOrEqual(300);
    expect(syncs).toBeLessThanOrEqual(320);
  });
});
