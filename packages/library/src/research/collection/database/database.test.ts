import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Json, JsonObject } from "@nanobrain/engine";
import { createTestRuntime } from "@nanobrain/engine/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack } from "../../../pack.js";

const work = mkdtempSync(join(tmpdir(), "nanobrain-database-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function query(entry: JsonObject, config: JsonObject = {}, secrets: Record<string, string> = {}) {
  await using runtime = await createTestRuntime({
    packs: [pack],
    secrets,
    files: {
      "query.yml": `name: query
error_handling_config: { max_retries: 0 }
input_data_units: { sources: { class: DataUnitMemory } }
steps:
  ask: { class: DataCollectionStep, config: ${JSON.stringify(config)}, inputs: { input_sources: { from: sources } } }
`,
    },
  });
  const file = join(work, "trees.sqlite");
  if (existsSync(file)) copyFileSync(file, join(runtime.folder, "trees.sqlite"));
  const run = await runtime.start(await runtime.load("query.yml"), { sources: { database: [entry] } });
  const { status, failures, outputs } = await run.result();
  const collected = (outputs["ask.collected_data"] ?? {}) as JsonObject;
  return {
    status,
    failure: failures[0]?.failure,
    rows: (collected["records"] ?? []) as readonly Json[],
    files: readdirSync(runtime.folder),
  };
}

describe("sqlite", () => {
  beforeAll(() => {
    type Lab = { exec(sql: string): void; close(): void };
    const Database = createRequire(import.meta.url)("libsql") as new (path: string) => Lab;
    const lab = new Database(join(work, "trees.sqlite"));
    lab.exec("CREATE TABLE trees (name TEXT, m REAL, tall INTEGER)");
    lab.exec("INSERT INTO trees VALUES ('ash', 30.5, 1), ('box', 4, 0), ('o''hara', NULL, 0)");
    lab.close();
  });

  test("rows: large integers and bytes come whole", async () => {
    const sql = "SELECT 9007199254740993 AS large, 12 AS small, x'00ff' AS bytes, 1.5 AS real";
    const { rows } = await query({ file: "trees.sqlite", query: sql });
    expect(rows).toEqual([{ large: "9007199254740993", small: 12, bytes: "AP8=", real: 1.5 }]);
  });

  test("rows: by name, with bound parameters, types kept", async () => {
    const databases = { lab: { file: "trees.sqlite" } };
    const all = await query({ query: "SELECT * FROM trees ORDER BY name; -- all" }, { databases });
    expect(all.rows).toEqual([
      { name: "ash", m: 30.5, tall: 1 },
      { name: "box", m: 4, tall: 0 },
      { name: "o'hara", m: null, tall: 0 },
    ]);
    const sql = "WITH t AS (SELECT * FROM trees) SELECT name FROM t WHERE name = ? OR m > ?";
    expect((await query({ file: "trees.sqlite", query: sql, parameters: ["o'hara", 30] })).rows).toEqual([
      { name: "ash" },
      { name: "o'hara" },
    ]);
    const spliced = await query({
      file: "trees.sqlite",
      query: "SELECT 1 FROM trees WHERE name = ?",
      parameters: ["' OR 1=1 --"],
    });
    expect(spliced.rows).toEqual([]);
  });

  test("endless rows: the limit ends them", async () => {
    const sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    expect((await query({ file: "trees.sqlite", query: sql }, { max_records: 3 })).rows).toEqual([
      { i: 1 },
      { i: 2 },
      { i: 3 },
    ]);
  });

  test.each([
    ["DELETE FROM trees", "begins with DELETE"],
    ["SELECT 1; DROP TABLE trees", "more than one statement"],
    ["PRAGMA user_version = 5", "begins with PRAGMA"],
    ["ATTACH 'x.db' AS x", "begins with ATTACH"],
    ["SELECT 'open", "never closed"],
    ["/* SELECT */ DROP TABLE trees", "begins with DROP"],
    ["WITH t AS (SELECT 1) DELETE FROM trees", ""],
    ["SELECT nothing FROM trees", "nothing"],
  ])("%s: it is refused, and nothing changes", async (sql, what) => {
    const { failure } = await query({ file: "trees.sqlite", query: sql });
    expect(failure).toMatchObject({ code: "E_COLLECT_QUERY", kind: "configuration" });
    expect(failure?.message).toContain(what);
    expect((await query({ file: "trees.sqlite", query: "SELECT count(*) AS n FROM trees" })).rows).toEqual([{ n: 3 }]);
  });

  test("files outside the project: they are refused", async () => {
    expect((await query({ file: "../other.sqlite", query: "SELECT 1" })).failure?.message).toContain("other.sqlite");
    const unknown = await query({ database: "lab", query: "SELECT 1" });
    expect(unknown.failure?.message).toContain("the step's config knows no databases");
    expect(unknown.files).toContain("trees.sqlite");
  });
});

const versions = "/usr/lib/postgresql";
const bin = existsSync(versions) ? join(versions, readdirSync(versions).sort().at(-1) ?? "", "bin") : "";
const hasPostgres = existsSync(join(bin, "initdb"));
if (!hasPostgres) process.stderr.write("skipped: PostgreSQL is not installed (apt-get install postgresql)\n");

describe.skipIf(!hasPostgres)("postgres", () => {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-postgres-"));
  const isRoot = userInfo().uid === 0;
  let port = 0;
  const server = (program: string, ...args: string[]): void => {
    const [first, ...rest] = isRoot ? ["runuser", "-u", "postgres", "--", join(bin, program)] : [join(bin, program)];
    execFileSync(first as string, [...rest, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      cwd: folder,
      env: { ...process.env, LC_ALL: "C" },
    });
  };
  const secrets = (): Record<string, string> => ({ LAB: `postgres://reader:open-sesame@127.0.0.1:${port}/postgres` });
  const config = (): JsonObject => ({
    databases: { lab: { postgres: "${secret:LAB}" } },
    allow_hosts: [`127.0.0.1:${port}`],
    max_records: 2_500,
    timeout: 10,
  });

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    if (isRoot) execFileSync("chown", ["postgres", folder]);
    port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
      });
    });
    server("initdb", "-D", join(folder, "data"), "-A", "trust", "-U", "postgres");
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
    server("pg_ctl", "-D", join(folder, "data"), "-w", "-l", join(folder, "log"), "-o", options, "start");
    const sql = `CREATE ROLE reader LOGIN; CREATE TABLE trees AS SELECT i AS id, 'tree ' || i AS name, i * 0.5 AS m, now() AS seen,
      jsonb_build_object('n', i) AS more FROM generate_series(1, 3000) i; GRANT ALL ON trees TO reader`;
    execFileSync(join(bin, "psql"), ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-q", "-c", sql]);
  }, 120_000);
  afterAll(() => {
    server("pg_ctl", "-D", join(folder, "data"), "-m", "immediate", "stop");
    rmSync(folder, { recursive: true, force: true });
  });

  test("rows: by a cursor up to the limit, parameters bound, values as JSON", async () => {
    const { rows } = await query({ query: "SELECT * FROM trees ORDER BY id" }, config(), secrets());
    expect(rows.length).toBe(2_500);
    expect(rows[1]).toMatchObject({ id: 2, name: "tree 2", m: "1.0", more: { n: 2 } });
    expect((rows[1] as JsonObject)["seen"]).toMatch(/^\d{4}-\d\d-\d\dT/);
    const bound = await query({ query: "SELECT name FROM trees WHERE id = $1", parameters: [7] }, config(), secrets());
    expect(bound.rows).toEqual([{ name: "tree 7" }]);
  });

  test.each([
    ["WITH gone AS (DELETE FROM trees RETURNING *) SELECT * FROM gone", /WITH|read-only/],
    ["SELECT * FROM nowhere", /nowhere/],
    ["DROP TABLE trees", /begins with DROP/],
  ])("%s: it is refused, and nothing changes", async (sql, what) => {
    const { failure } = await query({ query: sql }, config(), secrets());
    expect(failure).toMatchObject({
      code: "E_COLLECT_QUERY",
      kind: "configuration",
      message: expect.stringMatching(what) as unknown,
    });
    expect((await query({ query: "SELECT count(*)::int AS n FROM trees" }, config(), secrets())).rows).toEqual([
      { n: 3_000 },
    ]);
  });

  test("timeout: a query that takes too long is ended, and may be tried again", async () => {
    const { failure } = await query({ query: "SELECT pg_sleep(30)" }, { ...config(), timeout: 1 }, secrets());
    expect(failure).toMatchObject({
      kind: "timeout",
      retryable: true,
      message: expect.stringContaining("longer than its timeout") as unknown,
    });
  });

  test("hosts that are not listed: they are refused, and the password is not told", async () => {
    const { failure } = await query({ query: "SELECT 1" }, { ...config(), allow_hosts: [] }, secrets());
    expect(failure?.message).toContain("host 127.0.0.1 is not allowed");
    expect(JSON.stringify(failure)).not.toContain("open-sesame");
  });
});
