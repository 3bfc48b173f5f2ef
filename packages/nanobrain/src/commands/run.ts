import { resolve } from "node:path";
import {
  type Loaded,
  NanobrainError,
  nanobrainError,
  type Plan,
  type RunHandle,
  type Runtime,
  type StartOptions,
} from "@nanobrain/engine";
import { type Call, flag, operand, text, texts } from "../call.js";
import { followRun } from "../follow-run.js";
import { gatherInputs } from "../inputs/gather-inputs.js";
import { loadOptions } from "../load-options.js";
import { openForDocument } from "../open-runtime.js";
import { printDiagnostics } from "../print-diagnostics.js";

/** Loads, checks and runs a document to its end. */
export async function main(call: Call): Promise<number> {
  if (flag(call, "detach") && process.send === undefined) return (await import("../detach.js")).detach(call);
  const file = operand(call, 0);
  const runtime = await openForDocument(call, file);
  let followed = false;
  try {
    const loaded = await runtime.load(resolve(call.terminal.folder, file), loadOptions(call));
    await printDiagnostics(call, call.terminal.err, loaded.diagnostics);
    if (loaded.plan === undefined) return 2;
    const handle = await begin(call, runtime, loaded, loaded.plan);
    if (handle === undefined) return 2;
    tellParent(handle);
    followed = true;
    return await followRun({ call, runtime, handle, project: loaded.project, past: [] });
  } finally {
    if (!followed) await runtime.close();
  }
}

/** Undefined: an input is missing; the `-i` of each was printed. */
async function begin(call: Call, runtime: Runtime, loaded: Loaded, plan: Plan): Promise<RunHandle | undefined> {
  const given = { given: texts(call, "input"), file: text(call, "input-file"), folder: call.terminal.folder };
  const inputs = await gatherInputs(plan, runtime.blobs, given);
  try {
    return await runtime.start(loaded, inputs, startOptions(call, loaded));
  } catch (error) {
    if (!(error instanceof NanobrainError) || !(await sayMissing(call, plan, error))) throw error;
    return undefined;
  }
}

function startOptions(call: Call, loaded: Loaded): StartOptions {
  const runId = runIdOf(text(call, "run-id"));
  const only = text(call, "only");
  return {
    project: loaded.project,
    cache: !flag(call, "no-cache"),
    ...(runId === undefined ? {} : { runId }),
    ...(only === undefined ? {} : { only }),
  };
}

/** Ids stand in commands, lines and file names, so they are of plain characters. */
function runIdOf(given: string | undefined): string | undefined {
  if (given === undefined || /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(given)) return given;
  const problem = `Cannot use --run-id ${JSON.stringify(given)}: up to 128 letters, digits, "-", "_" and "." are expected`;
  throw nanobrainError("E_USAGE", { problem });
}

async function sayMissing(call: Call, plan: Plan, error: NanobrainError): Promise<boolean> {
  const missing = error.details["missing"];
  if (error.code !== "E_INPUT" || !Array.isArray(missing) || missing.length === 0) return false;
  const { inputExample, inputUnits } = await import("../inputs/read-input.js");
  const { err } = call.terminal;
  err.line(`${err.look.paint.red(error.code)} ${error.message}`);
  for (const unit of inputUnits(plan)) if (missing.includes(unit.name)) err.line(`  missing  ${inputExample(unit)}`);
  return true;
}

/** Under `--detach` the command that started this process waits for the run's name. */
function tellParent(handle: RunHandle): void {
  if (process.send === undefined) return;
  process.send({ id: handle.id, name: handle.name });
  process.disconnect();
}
