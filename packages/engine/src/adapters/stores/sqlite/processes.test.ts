import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Claim, Holder, Store } from "../../../contracts/store.js";
import { sampleEvents, startRun } from "../../../testing/sample-run.js";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import type { StoreCommand } from "../../../testing/store-process.js";
import type { DriverName } from "./driver.js";
import { openSqliteStore } from "./sqlite-store.js";

const program = fileURLToPath(new URL("../../../../dist/testing/store-process.js", import.meta.url));

/** A `testing/store-process` under our hand. */
type Other = {
  readonly process: ChildProcess;
  readonly pid: number;
  ask<Answer>(command: StoreCommand): Promise<Answer>;
  next<Answer>(): Promise<Answer>;
  /** After its end: what it answered and nobody asked for yet. */
  rest<Answer>(): Promise<readonly Answer[]>;
  end(signal?: NodeJS.Signals): Promise<void>;
};

const started: ChildProcess[] = [];

async function startOther(folder: string, driver: DriverName): Promise<Other> {
  const child = spawn(process.execPath, [program, folder, driver], { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Answer>(): Promise<Answer> => {
    const { value, done } = await lines.next();
    expect(done, "the other process ended early").not.toBe(true);
    return JSON.parse(value as string) as Answer;
  };
  const other: Other = {
    process: child,
    pid: child.pid as number,
    next,
    rest: async <Answer>() => {
      const answers: Answer[] = [];
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
        answers.push(JSON.parse(line.value as string) as Answer);
      }
      return answers;
    },
    ask: (command) => {
      child.stdin.write(`${command}\n`);
      return next();
    },
    end: async (signal) => {
      const ended = once(child, "exit");
      if (signal === undefined) child.stdin.end();
      else child.kill(signal);
      await ended;
    },
  };
  expect(await next()).toBe("ready");
  return other;
}

async function killAll(): Promise<void> {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }
}

describe.each(availableDrivers)("SQLite store over several processes (%s)", (driver) => {
  let folder: string;
  let store: Store;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nanobrain-store-"));
    store = await openSqliteStore({ folder, driver });
  });
  afterEach(async () => {
    await killAll();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const journals = async (): Promise<string[]> =>
    (await readdir(join(folder, "journals"))).filter((name) => name.endsWith(".db"));

  it("commit: what was acknowledged before kill -9 is there, and at most one commit more", async () => {
    let acknowledged = 0;
    for (let round = 0; round < 6; round += 1) {
      const other = await startOther(folder, driver);
      expect(await other.ask(round === 0 ? "create run-1" : "claim run-1")).toMatchObject(
        round === 0 ? { pid: other.pid } : { status: "claimed" },
      );
      acknowledged = await other.ask<number>("loop run-1");
      for (let more = 7 + round * 13; more > 0; more -= 1) acknowledged = await other.next<number>();
      await other.end("SIGKILL");
      // Answers given before the kill may still lie in the pipe: they are acknowledged too.
      acknowledged = (await other.rest<number>()).at(-1) ?? acknowledged;
      const events = await store.events("run-1");
      expect(events.length).toBeGreaterThanOrEqual(acknowledged);
      expect(events.length).toBeLessThanOrEqual(acknowledged + 3);
      expect(events).toEqual(sampleEvents(1, events.length));
      expect((await store.find("run-1"))?.lastSeq).toBe(events.length);
    }
    expect(await journals()).toEqual(["1.db"]);
  });

  it("twenty processes at once: each gets a journal of its own, and the journals are used again", async () => {
    const others = await Promise.all(Array.from({ length: 20 }, () => startOther(folder, driver)));
    const holders = await Promise.all(others.map((other, at) => other.ask<Holder>(`create run-${at}`)));
    expect(holders.map((holder) => holder.pid)).toEqual(others.map((other) => other.pid));
    expect(await journals()).toHaveLength(20);
    expect(await store.runs()).toHaveLength(20);
    for (const [at, other] of others.entries()) {
      expect(await store.claim(`run-${at}`)).toMatchObject({ status: "held", holder: { pid: other.pid } });
      expect(await store.holder(`run-${at}`)).toEqual(holders[at]);
    }
    await Promise.all(others.map((other) => other.end()));
    expect(await store.holder("run-7")).toBeUndefined();
    expect(await store.claim("run-7")).toMatchObject({ status: "claimed" });
    await store.commit([{ runId: "run-7", events: sampleEvents(3, 1) }]);
    expect(await journals()).toHaveLength(20);
  });

  it("create: twenty processes that want one id get one run", async () => {
    const others = await Promise.all(Array.from({ length: 20 }, () => startOther(folder, driver)));
    const answers = await Promise.all(
      others.map((other) => other.ask<{ pid?: number; failed?: string }>("create run-1")),
    );
    expect(answers.filter((given) => given.pid !== undefined)).toHaveLength(1);
    expect(answers.filter((given) => given.failed === "E_RUN_EXISTS")).toHaveLength(19);
    expect(await store.runs()).toHaveLength(1);
    expect(await store.events("run-1")).toEqual(sampleEvents(1, 2));
  });

  it("claim: of a live process refused, of a frozen one too, of a killed one granted with a higher epoch", async () => {
    const other = await startOther(folder, driver);
    const holder = await other.ask<Holder>("create run-1");
    expect(await store.claim("run-1")).toEqual({ status: "held", holder });
    other.process.kill("SIGSTOP");
    expect(await store.claim("run-1")).toEqual({ status: "held", holder });
    await expect((async () => store.commit([{ runId: "run-1", events: sampleEvents(3, 1) }]))()).rejects.toMatchObject({
      code: "E_INTERNAL",
    });
    other.process.kill("SIGCONT");
    expect(await other.ask<number>("count run-1")).toBe(2);
    await other.end("SIGKILL");
    const claim = (await store.claim("run-1")) as Extract<Claim, { status: "claimed" }>;
    expect(claim.status).toBe("claimed");
    expect(claim.epoch).toBeGreaterThan(holder.epoch);
    await store.commit([{ runId: "run-1", events: sampleEvents(3, 1) }]);
    expect(await store.events("run-1")).toEqual(sampleEvents(1, 3));
  });

  it("claim: many at once by many processes, one gets it", async () => {
    const first = await startOther(folder, driver);
    await first.ask("create run-1");
    await first.end("SIGKILL");
    const others = await Promise.all(Array.from({ length: 8 }, () => startOther(folder, driver)));
    const claims = await Promise.all(others.map((other) => other.ask<Claim>("claim run-1")));
    const winners = others.filter((_other, at) => claims[at]?.status === "claimed");
    expect(winners).toHaveLength(1);
    for (const claim of claims) if (claim.status === "held") expect(claim.holder.pid).toBe(winners[0]?.pid);
  });

  it("a dead process's unfinished run: a new process leaves it to whoever resumes it", async () => {
    const first = await startOther(folder, driver);
    await first.ask("create run-1");
    await first.end("SIGKILL");
    const second = await startOther(folder, driver);
    await second.ask("create run-2");
    expect(await store.holder("run-1")).toBeUndefined();
    expect(await store.claim("run-1")).toMatchObject({ status: "claimed" });
    expect(await journals()).toHaveLength(2);
  });

  it("reading: what another process commits is seen at once, in order, while it writes", async () => {
    const other = await startOther(folder, driver);
    await other.ask("create run-1");
    await other.ask("loop run-1");
    let seen = 0;
    while (seen < 200) {
      const acknowledged = await other.next<number>();
      const events = await store.events("run-1", seen);
      expect(events).toEqual(sampleEvents(seen + 1, events.length));
      seen += events.length;
      expect(seen).toBeGreaterThanOrEqual(acknowledged);
    }
    await startRun(store, "run-2");
    expect(await store.runs()).toHaveLength(2);
  });
});
