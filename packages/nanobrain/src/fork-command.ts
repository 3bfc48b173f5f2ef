import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ForkedRun, type Loaded, nanobrainError, type Runtime } from "@nanobrain/engine";
import { type Call, flag, operand } from "./call.js";
import { followRun, projectOf } from "./follow-run.js";
import { openExisting } from "./open-runtime.js";
import { printDiagnostics } from "./print-diagnostics.js";
import { forkLines } from "./views/fork-lines.js";

type Fork = (runtime: Runtime, run: string, loaded: Loaded) => Promise<ForkedRun>;

/** Forks a run under its document as it is now, says what was taken over, and follows the fork to its end. */
export async function forkAndFollow(call: Call, verb: string, fork: Fork): Promise<number> {
  const run = operand(call, 0);
  const runtime = await openExisting(call, run);
  let followed = false;
  try {
    const { plan, events } = await runtime.look(run);
    const project = projectOf(events, runtime.store.place);
    const document = join(project, plan.file);
    if (!existsSync(document)) {
      const problem = `Cannot ${verb} ${run}: its document ${document} is not there any more`;
      throw nanobrainError("E_USAGE", { problem });
    }
    const loaded = await runtime.load(document);
    await printDiagnostics(call, call.terminal.err, loaded.diagnostics);
    if (loaded.plan === undefined) return 2;
    const handle = await fork(runtime, run, loaded);
    const { err } = call.terminal;
    if (!flag(call, "json") && !flag(call, "jsonl")) for (const line of forkLines(handle, err.look)) err.line(line);
    followed = true;
    const past = await runtime.store.events(handle.id);
    return await followRun({ call, runtime, handle, project, past });
  } finally {
    if (!followed) await runtime.close();
  }
}
