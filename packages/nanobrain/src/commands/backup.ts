import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { backupStore, nanobrainError } from "@nanobrain/engine";
import { type Call, flag, operand } from "../call.js";
import { storePlace } from "../store-place.js";
import { sizeText } from "../views/size-text.js";

/** Copies the store to a new folder, also while runs go on. */
export async function main(call: Call): Promise<number> {
  const store = storePlace(call);
  if (store === undefined || !existsSync(store))
    throw nanobrainError(
      "E_USAGE",
      { problem: "Cannot back up: there is no store here or above" },
      { hint: "--store names one" },
    );
  const made = await backupStore(store, resolve(call.terminal.folder, operand(call, 0)));
  const { out } = call.terminal;
  const { folder, runs, files, sizeBytes } = made;
  if (flag(call, "json")) out.line(JSON.stringify({ folder, runs, files, size_bytes: sizeBytes }));
  else out.line(`backed up ${runs} ${runs === 1 ? "run" : "runs"}, ${sizeText(sizeBytes)}, to ${folder}`);
  return 0;
}
