import { nanobrainError } from "@nanobrain/engine";
import { type Call, text } from "../call.js";
import { forkAndFollow } from "../fork-command.js";

/** A new run of the document as it is now; finished steps that are not behind `--from` are taken over. */
export async function main(call: Call): Promise<number> {
  const from = text(call, "from");
  if (from === undefined) throw nanobrainError("E_USAGE", { problem: "Cannot rerun: --from STEP is missing" });
  return forkAndFollow(call, "rerun", (runtime, run, loaded) => runtime.rerun(run, from, loaded));
}
