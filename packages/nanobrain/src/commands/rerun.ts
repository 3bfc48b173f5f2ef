import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Loaded, nanobrainError } from "@nanobrain/engine";
import { type Call, operand, text } from "../call.js";
import { followRun, projectOf } from "../follow-run.js";
import { openExisting } from "../open-runtime.js";
import { printDiagnostics } from "../print-diagnostics.js";

/** A new run of the document as it is now; finished steps that are not behind `--from` are taken over. */
export async function main(call: Call): Promise<number> {
  const from = text(call, "from");
  if (from === undefined) throw nanobrainError("E_USAGE", { problem: "Cannot rerun: --from STEP is missing" });
  const run = operand(call, 0);
  const runtime = await openExisting(call, run);
  let followed = false;
  try {
    const { plan, events } = await runtime.look(run);
    const project = projectOf(events, runtime.store.place);
    const loaded = await loadAgain(run, join(project, plan.file), (file) => runtime.load(file));
    await printDiagnostics(call, call.terminal.err, loaded.diagnostics);
    if (loaded.plan === undefined) return 2;
    const handle = await runtime.rerun(run, from, loaded);
    followed = true;
    const past = await runtime.store.events(handle.id);
    return await followRun({ call, runtime, handle, project, past });
  } finally {
    if (!followed) await runtime.close();
  }
}

function loadAgain(run: string, document: string, load: (file: string) => Promise<Loaded>): Promise<Loaded> {
  if (existsSync(document)) return load(document);
  throw nanobrainError("E_USAGE", { problem: `Cannot rerun ${run}: its document ${document} is not there any more` });
}
