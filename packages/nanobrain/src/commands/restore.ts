import { join, resolve } from "node:path";
import { restoreStore } from "@nanobrain/engine";
import { type Call, flag, operand } from "../call.js";
import { storePlace } from "../store-place.js";

/** Makes the store of a backup. */
export async function main(call: Call): Promise<number> {
  const { out, err, folder } = call.terminal;
  const store = storePlace(call) ?? join(folder, ".nanobrain");
  const made = await restoreStore(resolve(folder, operand(call, 0)), store, { replace: flag(call, "replace") });
  const { runs, at, replaced } = made;
  if (flag(call, "json"))
    out.line(JSON.stringify({ store: made.store, runs, backed_up_at: at, replaced: replaced ?? null }));
  else out.line(`restored ${runs} ${runs === 1 ? "run" : "runs"} of ${new Date(at).toISOString()} to ${made.store}`);
  if (replaced !== undefined) err.line(`the store that was there is now ${replaced}`);
  return 0;
}
