import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { test } from "vitest";
import { loadDriver } from "../../packages/engine/src/adapters/stores/sqlite/load-driver.js";
import { damage, eventsIn, firstBlob, goesOn, LoadedStore } from "../journals/backups.js";
import { recordings, replayed, resumed, withRecorded } from "../journals/recorded.js";
import type { Plant } from "../secrets/workbench.js";
import { campaign, type Ledger } from "./ledger.js";

const plantingFile = pathToFileURL(join(import.meta.dirname, "../secrets/plant.mjs")).href;
const planted = (plant: Plant): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--conditions=nanobrain-dist --import ${plantingFile}`,
  NANOBRAIN_PLANT: JSON.stringify(plant),
});

/** How often the store is copied while it is used. */
const copies = Number(process.env["BACKUPS"] ?? 12);

test("journals: recordings of every version are read, and gone on with", () =>
  campaign("journals", ["G24"], async (ledger) => {
    for (const path of recordings)
      await ledger.point(path, (injected) =>
        withRecorded(path, async (recorded, folder) => {
          injected(`F-journal of ${recorded.version}, ${recorded.kind}`);
          const read = await replayed(recorded, folder);
          return recorded.kind === "finished" || read.length > 0 ? read : resumed(recorded, folder);
        }),
      );
    await plantDropped(ledger);
  }));

/** One event is missing from a recording. */
async function plantDropped(ledger: Ledger): Promise<void> {
  const path = recordings.find((one) => one.includes("fan-finished")) ?? "";
  await withRecorded(path, async (recorded, folder) => {
    const connection = (await loadDriver()).open(join(folder, ".nanobrain/journals/1.db"));
    connection.exec("DELETE FROM events WHERE num=(SELECT max(num) FROM events)");
    connection.close();
    ledger.planted("an event is dropped from a journal", (await replayed(recorded, folder)).length > 0);
  });
}

test("backups: taken while a run goes on, each restored, checked and gone on with", () =>
  campaign("journals-backup", ["G29"], async (ledger) => {
    const loaded = new LoadedStore();
    try {
      const taken: { readonly name: string; readonly acknowledged: number }[] = [];
      const short: string[] = [];
      while (loaded.told < 3 && !loaded.isOver) await delay(20);
      while (taken.length < copies && !loaded.isOver) {
        const acknowledged = loaded.told;
        const name = `backup-${taken.length}`;
        loaded.copyFiles(`copy-${taken.length}`);
        const { code, err } = await loaded.command(["backup", name]);
        if (code !== 0) short.push(`${name} ended with ${code}: ${err}`);
        taken.push({ name, acknowledged });
      }
      for (const { name, acknowledged } of taken) {
        const kept = await eventsIn(loaded, join(loaded.folder, name));
        if (kept < acknowledged) short.push(`${name} has ${kept} events, ${acknowledged} were acknowledged before`);
        ledger.note(`${name}: acknowledged before, kept`, `${acknowledged}, ${kept}`);
      }
      await ledger.point("what was acknowledged is in each backup", async () => short);
      for (const n of taken.keys()) await copied(ledger, loaded, join(loaded.folder, `copy-${n}`), n);
      for (const { name } of taken) await restored(ledger, loaded, name);
      await ledger.point("the run itself was not disturbed", async () =>
        (await loaded.ended()) === 0 ? [] : ["it did not complete"],
      );
      await plants(ledger, loaded, taken.at(-1)?.name ?? "");
    } finally {
      loaded.close();
    }
  }));

/** A backup becomes a store again, and its run ends as it should. */
async function restored(ledger: Ledger, loaded: LoadedStore, name: string): Promise<void> {
  await ledger.point(name, async (injected) => {
    injected("F-backup while running");
    const store = join(loaded.folder, `restored-${name}`);
    const { code, err } = await loaded.command(["restore", name, "--store", store]);
    return code === 0 ? goesOn(loaded, store) : [`restore ended with ${code}: ${err}`];
  });
}

/** Files copied under the writer's hands: they open and go on, or are named as damaged; nothing else. */
async function copied(ledger: Ledger, loaded: LoadedStore, copy: string, n: number): Promise<void> {
  await ledger.point(`copied files ${n}`, async (injected) => {
    injected("F-copy of live files");
    const wrong = await goesOn(loaded, copy);
    const isNamed = wrong.some((one) => /E_STORE_DAMAGED|E_BLOB_MISSING|E_BLOB_DAMAGED|E_RUN_UNKNOWN/.test(one));
    ledger.note(`copied files ${n}`, wrong.length === 0 ? "went on" : isNamed ? "named as damaged" : "wrong");
    return isNamed ? [] : wrong;
  });
}

/** Whether a large value is there in a backup that is made now, and restored. */
async function keepsBlobs(loaded: LoadedStore, name: string, more: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const store = join(loaded.folder, `restored-${name}`);
  await loaded.command(["backup", name], more);
  await loaded.command(["restore", name, "--store", store]);
  return (await loaded.command(["data", "load", "each[3]/list.output", "--store", store])).code === 0;
}

async function plants(ledger: Ledger, loaded: LoadedStore, backup: string): Promise<void> {
  const incomplete: Plant = ["backup/backup-store.js", '["blobs", "requests"]', '["requests"]'];
  const isWhole = await keepsBlobs(loaded, "whole");
  ledger.planted("a backup without blobs", isWhole && !(await keepsBlobs(loaded, "incomplete", planted(incomplete))));
  damage(firstBlob(join(loaded.folder, backup)));
  const unchecked: Plant = ["backup/restore-store.js", "copied?.sha256 !== file.sha256", "false"];
  const honest = await loaded.command(["restore", backup, "--store", join(loaded.folder, "r-1")]);
  const blind = await loaded.command(["restore", backup, "--store", join(loaded.folder, "r-2")], planted(unchecked));
  await ledger.point("a damaged backup is refused", async (injected) => {
    injected("F-damage of a backup");
    return honest.code === 4 ? [] : [`restore ended with ${honest.code}: ${honest.err}`];
  });
  ledger.planted("checksums not compared on restore", blind.code !== 4);
}
