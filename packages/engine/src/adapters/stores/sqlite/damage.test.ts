import { cpSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../contracts/store.js";
import { sampleEvents, samplePlan, sampleRecord, startRun } from "../../../testing/sample-run.js";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import { loadDriver } from "./load-driver.js";
import { openSqliteStore } from "./sqlite-store.js";

const runIds = ["run-1", "run-2", "run-3"];

async function fill(store: Store): Promise<void> {
  for (const runId of runIds) {
    await startRun(store, runId, { createdAt: 1000 + Number(runId.slice(4)) });
    for (let seq = 2; seq < 14; seq += 3) {
      const at = seq;
      await store.commit([
        {
          runId,
          events: sampleEvents(seq + 1, 3),
          logs: [{ runId, at, level: "info", step: "a", text: `log ${at}` }],
          cache: [{ key: `${runId}-${at}`, place: "w/a", parts: {}, runId, outputs: {}, at }],
        },
      ]);
    }
  }
  const record = sampleRecord("run-2", { status: "completed", endedAt: 5, createdAt: 1002 });
  await store.commit([{ runId: "run-2", events: sampleEvents(15, 1), record }]);
}

/** Every question a store answers, with a name. Cache entries count as found or missed: a lost one costs work only. */
function questions(store: Store): { readonly [name: string]: () => Promise<unknown> } {
  return {
    runs: () => store.runs(),
    unfinished: () => store.runs({ unfinished: true }),
    plan: () => store.plan(samplePlan.hash),
    "find by name": () => store.find("name-of-run-3"),
    "find by prefix": () => store.find("name-of-run-2"),
    ...Object.fromEntries(
      runIds.flatMap((runId) => [
        [`events of ${runId}`, () => store.events(runId)],
        [`end of ${runId}`, () => store.events(runId, 12)],
        [`logs of ${runId}`, () => store.logs(runId)],
        [`claim of ${runId}`, async () => (await store.claim(runId)).status],
      ]),
    ),
    create: () => startRun(store, "run-4"),
  };
}

type Answers = { readonly [name: string]: { readonly value: unknown } | { readonly code: string } };

async function ask(folder: string, driver: "node" | "libsql"): Promise<Answers> {
  const store = await openSqliteStore({ folder, driver });
  const answers: { [name: string]: Answers[string] } = {};
  for (const [name, question] of Object.entries(questions(store))) {
    answers[name] = await question().then(
      (value) => ({ value }),
      (error: { code?: unknown; message: string }) => ({ code: String(error.code ?? error.message) }),
    );
  }
  await store.close();
  return answers;
}

/** Numbers that look random and are the same in every run of the test. */
function* scattered(seed: number): Generator<number> {
  for (let x = seed; ; ) {
    x = (Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    yield x;
  }
}

describe.each(availableDrivers)("damaged SQLite store (%s)", (driver) => {
  let above: string;
  let intact: string;
  let file: Buffer;
  let expected: Answers;
  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), "nanobrain-store-"));
    const store = await openSqliteStore({ folder: join(above, "made"), driver });
    await fill(store);
    await store.close();
    // libsql lets go of its files, and removes some, when its statements are collected as garbage: between two turns.
    intact = join(above, "intact");
    cpSync(join(above, "made"), intact, { recursive: true });
    file = await readFile(join(intact, "journals", "1.db"));
    await cp(intact, join(above, "read"), { recursive: true });
    expected = await ask(join(above, "read"), driver);
  });
  afterEach(() => rm(above, { recursive: true, force: true }));

  let copies = 0;
  /** A copy of the intact store with that file in it, asked everything: how many answers were refused as damaged. */
  const refusals = async (changed: Buffer, what: string): Promise<number> => {
    copies += 1;
    const folder = join(above, `copy-${copies}`);
    await cp(intact, folder, { recursive: true });
    await writeFile(join(folder, "journals", "1.db"), changed);
    const answers = await ask(folder, driver);
    await rm(folder, { recursive: true });
    let refused = 0;
    for (const [name, answer] of Object.entries(answers)) {
      if ("value" in answer) expect(answer, `${what}: ${name}`).toEqual(expected[name]);
      else {
        expect(answer.code, `${what}: ${name}`).toMatch(/^E_STORE_(DAMAGED|NEWER|OLDER|IO)$/);
        refused += 1;
      }
    }
    return refused;
  };

  it("one flipped bit anywhere: the same answers, or an error that says so", async () => {
    const places = scattered(20_240_001);
    let noticed = 0;
    for (let i = 0; i < 200; i += 1) {
      const at = (places.next().value as number) % file.length;
      const bit = (places.next().value as number) % 8;
      const changed = Buffer.from(file);
      changed[at] = (changed[at] as number) ^ (1 << bit);
      if ((await refusals(changed, `bit ${bit} of byte ${at}`)) > 0) noticed += 1;
    }
    expect(noticed).toBeGreaterThan(20);
  });

  it("each page zeroed: the same answers, or an error that says so", async () => {
    let noticed = 0;
    for (let at = 0; at < file.length; at += 4096) {
      const changed = Buffer.from(file);
      changed.fill(0, at, at + 4096);
      if ((await refusals(changed, `page ${at / 4096 + 1} zeroed`)) > 0) noticed += 1;
    }
    expect(noticed).toBeGreaterThan(5);
  });

  it("each pair of neighbouring pages swapped, each length cut short: the same answers, or an error that says so", async () => {
    let noticed = 0;
    for (let at = 4096; at + 8192 <= file.length; at += 4096) {
      const swapped = Buffer.concat([
        file.subarray(0, at),
        file.subarray(at + 4096, at + 8192),
        file.subarray(at, at + 4096),
        file.subarray(at + 8192),
      ]);
      if ((await refusals(swapped, `page ${at / 4096 + 1} swapped with the next`)) > 0) noticed += 1;
      expect(await refusals(file.subarray(0, at), `cut to ${at} bytes`)).toBeGreaterThan(0);
    }
    expect(noticed).toBeGreaterThan(5);
  });

  const runSql = async (...statements: string[]): Promise<void> => {
    const connection = (await loadDriver(driver)).open(join(intact, "journals", "1.db"));
    for (const statement of statements) connection.exec(statement);
    connection.close();
  };

  it.each([
    ["an event row gone", "DELETE FROM events WHERE run=1 AND last=5", "events of run-1"],
    ["the last event row gone", "DELETE FROM events WHERE run=1 AND last=14", "events of run-1"],
    [
      "a changed event",
      "UPDATE events SET body=replace(body,'quoted','quoteb') WHERE run=1 AND last=5",
      "events of run-1",
    ],
    [
      "an event row of another run",
      "UPDATE events SET run=run+9 WHERE run IN (1,2); UPDATE events SET run=2 WHERE run=10; UPDATE events SET run=1 WHERE run=11",
      "events of run-1",
    ],
    ["a run gone", "DELETE FROM runs WHERE num=1", "runs"],
    ["an unfinished run gone", "DELETE FROM runs WHERE num=1", "unfinished"],
    ["a changed status", "UPDATE runs SET status='completed' WHERE num=1", "runs"],
    ["a changed end", "UPDATE heads SET seq=11 WHERE run=1", "events of run-1"],
    ["a changed plan", "UPDATE plans SET body=replace(body,'Sample','Semple')", "plan"],
    ["a plan gone", "DELETE FROM plans", "plan"],
    ["a log row gone", "DELETE FROM logs WHERE num=1", "logs of run-1"],
    ["a changed epoch", "UPDATE meta SET epoch=0", "claim of run-1"],
  ])("%s is named with file, table and row", async (_name, statements, question) => {
    await runSql(...statements.split("; "));
    const store = await openSqliteStore({ folder: intact, driver });
    const details = { file: join(intact, "journals", "1.db"), table: expect.any(String), row: expect.anything() };
    await expect(questions(store)[question]?.()).rejects.toMatchObject({ code: "E_STORE_DAMAGED", details });
    await store.close();
  });

  it("an index that lost its runs is refused however often it is asked", async () => {
    const connection = (await loadDriver(driver)).open(join(intact, "journals", "1.db"));
    const index = connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name='sqlite_autoindex_runs_1'").get([]);
    connection.close();
    const end = Number(index?.["rootpage"]) * 4096;
    file.fill(0, end - 512, end);
    await writeFile(join(intact, "journals", "1.db"), file);
    const store = await openSqliteStore({ folder: intact, driver });
    const codes = new Set<unknown>();
    for (let i = 0; i < 20; i += 1) codes.add(await store.events("run-3").then(String, ({ code }) => code));
    await store.close();
    expect([...codes]).toEqual(["E_STORE_DAMAGED"]);
  });

  it("damage in one run leaves the others readable", async () => {
    await runSql("UPDATE events SET chain=chain+1 WHERE run=1");
    const answers = await ask(intact, driver);
    expect(answers["events of run-1"]).toEqual({ code: "E_STORE_DAMAGED" });
    expect(answers["events of run-2"]).toEqual(expected["events of run-2"]);
    expect(answers["runs"]).toEqual(expected["runs"]);
  });

  it("a log (WAL) cut anywhere after a crash: a prefix of what was written, each run as it once was", async () => {
    const store = await openSqliteStore({ folder: join(above, "live"), driver });
    await fill(store);
    const crashed = join(above, "crashed");
    await cp(join(above, "live"), crashed, { recursive: true });
    const wal = join("journals", "1.db-wal");
    const { length } = await readFile(join(crashed, wal));
    await store.close();
    for (let cut = length; cut > 0; cut -= Math.ceil(length / 25)) {
      copies += 1;
      const folder = join(above, `copy-${copies}`);
      await cp(crashed, folder, { recursive: true });
      await rm(join(folder, "journals", "1.db-shm"));
      await truncate(join(folder, wal), cut);
      const again = await openSqliteStore({ folder, driver });
      for (const run of await again.runs()) {
        const events = await again.events(run.id);
        expect(events).toEqual(sampleEvents(1, run.lastSeq));
        expect(await again.plan(run.planHash)).toEqual(samplePlan);
      }
      await again.close();
    }
  });
});
