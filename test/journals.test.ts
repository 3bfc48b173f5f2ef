import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";
import { expect, test } from "vitest";
import { loadDriver } from "../packages/engine/src/adapters/stores/sqlite/load-driver.js";
import { recordings, replayed, resumed, withRecorded } from "./journals/recorded.js";

/** Changes the journal of a recording as a program other than ours would. */
async function changed(folder: string, sql: string): Promise<void> {
  const connection = (await loadDriver()).open(join(folder, ".nanobrain/journals/1.db"));
  connection.exec(sql);
  connection.close();
}

async function failureOf(folder: string): Promise<unknown> {
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  try {
    return await runtime.look("rig").then(
      () => "read",
      (error: unknown) => error,
    );
  } finally {
    await runtime.close();
  }
}

test("recordings: every shape, finished and in the middle", () => {
  expect(recordings.filter((path) => path.includes("-finished"))).toHaveLength(15);
  expect(recordings.filter((path) => path.includes("-open"))).toHaveLength(15);
});

test.each(recordings)("recorded %s: this version reads the same", (path) =>
  withRecorded(path, async (recorded, folder) => expect(await replayed(recorded, folder)).toEqual([])),
);

const some = ["chain-paused", "queue-open", "rollback-open", "nested-open", "waiting-open"];
test.each(recordings.filter((path) => some.some((name) => path.includes(name))))(
  "recorded %s: goes on to the end that was recorded",
  (path) => withRecorded(path, async (recorded, folder) => expect(await resumed(recorded, folder)).toEqual([])),
);

test("formats: a store of the first release goes on in the present one, which older versions refuse", () =>
  withRecorded(recordings.find((path) => path.includes("chain-open")) ?? "", async (recorded, folder) => {
    const version = async (): Promise<unknown> => {
      const connection = (await loadDriver()).open(join(folder, ".nanobrain/journals/1.db"));
      const row = connection.prepare("PRAGMA user_version").get([]);
      connection.close();
      return row?.["user_version"];
    };
    expect(await version()).toBe(2);
    expect(await resumed(recorded, folder)).toEqual([]);
    expect(await version()).toBe(3);
  }));

test("formats: older and newer stores are refused, and both formats named", () =>
  withRecorded(recordings[0] ?? "", async (_recorded, folder) => {
    await changed(folder, "PRAGMA user_version=1");
    expect(await failureOf(folder)).toMatchObject({ code: "E_STORE_OLDER", details: { found: 1 } });
    await changed(folder, "PRAGMA user_version=99");
    expect(await failureOf(folder)).toMatchObject({ code: "E_STORE_NEWER", details: { found: 99 } });
  }));

test("damage: events that were dropped from a recording are missed", () =>
  withRecorded(recordings.find((path) => path.includes("fan-finished")) ?? "", async (_recorded, folder) => {
    await changed(folder, "DELETE FROM events WHERE num=(SELECT max(num) FROM events)");
    expect(await failureOf(folder)).toMatchObject({ code: "E_STORE_DAMAGED" });
  }));
