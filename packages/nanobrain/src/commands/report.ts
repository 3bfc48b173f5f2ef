import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { nanobrainError } from "@nanobrain/engine";
import { type Call, operand, text } from "../call.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { gatherFacts } from "../run-report/gather-facts.js";
import { openPage } from "../run-report/open-page.js";
import { runReport } from "../run-report/run-report.js";

/** Writes the report of a run, finished or not, as one HTML file, and opens it where somebody sits at a terminal. */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  const opens = text(call, "open") ?? "auto";
  if (!["auto", "yes", "no"].includes(opens))
    throw nanobrainError("E_USAGE", { problem: `Cannot use --open ${opens}: yes or no is expected` });
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { out, version, folder, environment } = call.terminal;
    const facts = await gatherFacts(runtime, run, { madeAt: call.terminal.now(), version });
    const path = resolve(folder, text(call, "out") ?? `${facts.summary.name}.html`);
    await writeFile(path, runReport(facts));
    out.line(path);
    if (opens === "yes" || (opens === "auto" && out.isTerminal)) openPage(path, environment);
    return 0;
  });
}
