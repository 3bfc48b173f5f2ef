import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunEvent } from "../../../kernel/event.js";
import { buildPlan } from "../../../testing/plan-builder.js";
import { LogRoom } from "./log-room.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-log-room-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plan = buildPlan({ name: "one", steps: { a: {} }, links: [] });
const record = {
  ...{ id: "run-1", name: "one", workflow: "one", planHash: plan.hash, status: "running" as const },
  ...{ createdAt: 1, endedAt: null, lastSeq: 1 },
} as const;

const created: RunEvent = {
  ...{ seq: 1, at: 1, type: "run.created", id: "run-1", name: "one", workflow: "one", plan: plan.hash, format: 1 },
  ...{ phases: {}, options: {} },
};

const released = (seq: number): RunEvent => ({ seq, at: seq, type: "run.released", cause: "drain" });

describe("log room", () => {
  it("commits: most of them leave the log as long as it is, and what is behind them is read as nothing", async () => {
    const store = await openSqliteStore({ folder: join(folder, "store") });
    await store.create({ runId: "run-1", events: [created], record, plan });
    const journals = join(folder, "store", "journals");
    const log = join(journals, readdirSync(journals).find((name) => name.endsWith("-wal")) ?? "");
    const sizes: number[] = [];
    const count = 400;
    for (let seq = 2; seq <= count; seq++) {
      await store.commit([{ runId: "run-1", events: [released(seq)] }]);
      sizes.push(statSync(log).size);
    }
    const longer = sizes.filter((size, at) => at > 0 && size !== sizes[at - 1]).length;
    expect(longer).toBeLessThan(count / 8);
    // As a kill leaves the files.
    mkdirSync(join(folder, "copy", "journals"), { recursive: true });
    for (const name of readdirSync(journals))
      if (!name.endsWith("-shm")) copyFileSync(join(journals, name), join(folder, "copy", "journals", name));
    const copy = await openSqliteStore({ folder: join(folder, "copy") });
    expect((await copy.events("run-1")).map(({ seq }) => seq)).toEqual(
      Array.from({ length: count }, (_, at) => at + 1),
    );
    expect((await copy.claim("run-1")).status).toBe("claimed");
    await copy.commit([{ runId: "run-1", events: [released(count + 1)] }]);
    expect(await copy.events("run-1", count)).toHaveLength(1);
    await copy.close();
    await store.close();
    expect(statSync(log).size).toBe(0);
  });

  it("small logs, logs that have not begun and missing ones: nothing is written", () => {
    const file = join(folder, "1.db");
    const room = (): LogRoom => new LogRoom(file);
    room().keepAhead(10_000_000);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(`${file}-wal`, "");
    room().keepAhead(10_000_000);
    expect(statSync(`${file}-wal`).size).toBe(0);
    writeFileSync(`${file}-wal`, "begun");
    room().keepAhead(1000);
    expect(statSync(`${file}-wal`).size).toBe(5);
    room().keepAhead(100_000);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(200_000);
  });
});
