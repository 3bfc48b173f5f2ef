import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder, runChild, startChild } from "./children.js";

type Said = { readonly event?: string; readonly answer?: string; readonly code?: string; readonly message?: string };

const asked = `name: asked
steps:
  work: { class: Work }
  rest: { class: WaitStep, depends_on: [work], config: { for: 60 } }
`;

/** The process that drives a run is stopped as by a debugger or a sleeping laptop: nobody takes over, who asks is told whom to look for. */
export function frozenFaults(): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "asked.yml"), asked);
    const driver = startChild<Said>("ask.mjs", [folder, "drive"], { boundMs: 120_000 });
    await driver.until(({ event }) => event === "attempt.suspended");
    driver.process.kill("SIGSTOP");
    const resumed = await runChild<Said>("ask.mjs", [folder, "resume"], { boundMs: 120_000 });
    const cancelled = await runChild<Said>("ask.mjs", [folder, "cancel"], { boundMs: 120_000 });
    driver.process.kill("SIGCONT");
    await driver.ended;
    const end = driver.said.find(({ answer }) => answer !== undefined);
    return [
      ...toldFaults(driver.pid, "E_RUN_HELD", resumed.said),
      ...toldFaults(driver.pid, "E_RUN_SILENT", cancelled.said),
      // What was asked of it while it was stopped takes effect when it wakes.
      ...(end?.answer === "cancelled" ? [] : [`once awake, the run ${end?.answer} ${end?.message}`]),
    ];
  });
}

function toldFaults(pid: number, code: string, said: readonly Said[]): readonly string[] {
  const told = said.find((one) => one.code !== undefined || one.answer !== undefined);
  const names = told?.code === code && told.message?.includes(String(pid)) === true;
  return names ? [] : [`told ${told?.code} ${told?.message ?? told?.answer}, not ${code} with ${pid}`];
}
