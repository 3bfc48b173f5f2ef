import { type Call, flag, operand } from "../call.js";
import { followRun, projectOf } from "../follow-run.js";
import { openExisting } from "../open-runtime.js";

/** Goes on with a run that failed, was paused, or whose process is gone. */
export async function main(call: Call): Promise<number> {
  if (flag(call, "updated")) {
    const { forkAndFollow } = await import("../fork-command.js");
    return forkAndFollow(call, "resume", (runtime, run, loaded) => runtime.resumeUpdated(run, loaded));
  }
  const run = operand(call, 0);
  const runtime = await openExisting(call, run);
  let followed = false;
  try {
    const { events } = await runtime.look(run);
    const handle = await runtime.resume(run);
    followed = true;
    return await followRun({ call, runtime, handle, project: projectOf(events, runtime.store.place), past: events });
  } finally {
    if (!followed) await runtime.close();
  }
}
