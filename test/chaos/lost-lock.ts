import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";
import { checkJournal } from "../../packages/engine/src/testing/simulator/journal-rules.js";
import type { Plant } from "../secrets/workbench.js";
import { inFolder, plantedEnvironment, runChild, startChild } from "./children.js";

type Said = { readonly event?: string; readonly answer?: string; readonly code?: string; readonly message?: string };

/**
 * A driver is stopped in the middle of a step, its lock is taken away under it, and another process takes the run over and ends it. Once
 * awake, the first one hears that it is too late, and has written nothing. `planted`: in the first.
 */
export function lostLockFaults(planted?: Plant): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, "asked.yml"), "name: asked\nsteps:\n  work: { class: Work }\n");
    const env = planted === undefined ? {} : plantedEnvironment(planted);
    const late = startChild<Said>("ask.mjs", [folder, "drive"], { boundMs: 120_000, env });
    await late.until(({ event }) => event === "attempt.started");
    late.process.kill("SIGSTOP");
    const journals = join(folder, "store", "journals");
    for (const name of readdirSync(journals)) if (name.endsWith(".lock")) rmSync(join(journals, name));
    const next = await runChild<Said>("ask.mjs", [folder, "resume"], { boundMs: 120_000 });
    late.process.kill("SIGCONT");
    const { said } = await late.ended;
    const told = said.find(({ answer, code }) => answer !== undefined || code !== undefined);
    return [
      ...(next.said.some(({ answer }) => answer === "completed") ? [] : [`the second one: ${JSON.stringify(next)}`]),
      ...(told?.code === "E_STORE_LOCKED" ? [] : [`the first one was told ${JSON.stringify(told)}`]),
      ...(await journalFaults(folder)),
    ];
  });
}

async function journalFaults(folder: string): Promise<readonly string[]> {
  const runtime = await createRuntime({ store: join(folder, "store") });
  try {
    const { plan, events } = await runtime.look("asked");
    const ends = events.filter(({ type }) => type === "run.completed").length;
    return [...checkJournal(plan, events).faults, ...(ends === 1 ? [] : [`the run ended ${ends} times`])];
  } catch (error) {
    return [`the journal cannot be read: ${String(error)}`];
  } finally {
    await runtime.close();
  }
}
