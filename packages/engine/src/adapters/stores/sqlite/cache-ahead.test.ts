import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CacheEntry, Store } from "../../../contracts/store.js";
import { samplePlan } from "../../../testing/sample-plan.js";
import type { SqliteDriver } from "./driver.js";
import { loadDriver } from "./load-driver.js";
import { openSqliteStoreOver } from "./sqlite-store.js";

let folder = "";
let store: Store;
let queries = 0;

/** Counts the queries that read cache entries. */
function counting(driver: SqliteDriver): SqliteDriver {
  const open: SqliteDriver["open"] = (path, access) => {
    const connection = driver.open(path, access);
    const prepare: typeof connection.prepare = (sql) => {
      const { run, get, all } = connection.prepare(sql);
      const counts = / FROM cache WHERE (key|num)/.test(sql);
      const counted = <Given, Found>(ask: (given: Given) => Found) => {
        return (given: Given): Found => {
          queries += Number(counts);
          return ask(given);
        };
      };
      return { run, get: counted(get), all: counted(all) };
    };
    return { ...connection, prepare };
  };
  return { ...driver, open };
}

const plan = samplePlan();

const entry = (at: number, run = "run-1"): CacheEntry => ({
  key: `key ${at}`,
  parts: { class: "x 1" },
  place: `w/s${at}`,
  runId: run,
  outputs: { out: { json: at } },
  at,
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-ahead-"));
  store = openSqliteStoreOver(counting(await loadDriver()), folder);
  const record = {
    id: "run-1",
    name: "a-run",
    workflow: "w",
    planHash: plan.hash,
    status: "running",
    createdAt: 1,
    endedAt: null,
    lastSeq: 0,
  } as const;
  await store.create({ runId: "run-1", events: [], record, plan });
  await store.commit([{ runId: "run-1", events: [], cache: Array.from({ length: 1500 }, (_, at) => entry(at)) }]);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("cache entries of a workflow", () => {
  it("asked for one after the other: all are right, and most come with one query", async () => {
    queries = 0;
    for (let at = 1499; at >= 0; at--) expect(await store.cached(`key ${at}`)).toEqual(entry(at));
    expect(queries).toBeLessThan(300);
  });

  it("written anew meanwhile: the newer one is found; one that there is not is not found", async () => {
    for (let at = 0; at < 600; at++) await store.cached(`key ${at}`);
    await store.commit([{ runId: "run-1", events: [], cache: [entry(1000, "run-2")] }]);
    expect(await store.cached("key 1000")).toEqual(entry(1000, "run-2"));
    expect(await store.cached("key 5000")).toBeUndefined();
  });
});
