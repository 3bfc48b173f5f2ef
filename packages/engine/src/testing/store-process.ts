import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { DriverName } from "../adapters/stores/sqlite/driver.js";
import { openSqliteStore } from "../adapters/stores/sqlite/sqlite-store.js";
import type { Store } from "../contracts/store.js";
import { sampleEvents, startRun } from "./sample-run.js";

/**
 * A process with a SQLite store, for tests to steer, stop and kill: `node store-process.js FOLDER DRIVER`. A line on
 * standard input is one command, such as `create run-1`; each is answered by one line of JSON. `loop ID` commits for
 * ever and answers with the number of the last event after each commit, `hundred ID` commits as often. The process ends with
 * its standard input.
 */
export type StoreCommand = `${"create" | "claim" | "holder" | "count" | "loop" | "hundred"} ${string}`;

const [folder = "", driver = ""] = process.argv.slice(2);

function answer(value: unknown): void {
  writeSync(1, `${JSON.stringify(value ?? null)}\n`);
}

async function obey(store: Store, command: string, id: string): Promise<unknown> {
  switch (command) {
    case "create":
      await startRun(store, id);
      return store.holder(id);
    case "claim":
      return store.claim(id);
    case "holder":
      return store.holder(id);
    case "count":
      return (await store.events(id)).length;
    case "loop":
      return loop(store, id, (await store.find(id))?.lastSeq ?? 0);
    case "hundred":
      return hundred(store, id, (await store.find(id))?.lastSeq ?? 0);
    default:
      return { unknown: command };
  }
}

function loop(store: Store, id: string, from: number): never {
  for (let seq = from; ; seq += 3) {
    void store.commit([{ runId: id, events: sampleEvents(seq + 1, 3) }]);
    answer(seq + 3);
  }
}

async function hundred(store: Store, id: string, from: number): Promise<number> {
  for (let seq = from; seq < from + 100; seq += 1)
    await store.commit([{ runId: id, events: sampleEvents(seq + 1, 1) }]);
  return from + 100;
}

const store = await openSqliteStore({ folder, driver: driver as DriverName });
answer("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [command = "", id = ""] = line.split(" ");
  answer(
    await obey(store, command, id).catch((error: unknown) => ({
      failed: (error as { code?: string }).code ?? String(error),
    })),
  );
}
await store.close();
