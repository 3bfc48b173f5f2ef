import type { JsonObject } from "../../contracts/json.js";
import type { HostParts } from "../../host/parts.js";
import type { PortValues } from "../../kernel/event.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import { checkInputs, runInputs } from "../run-inputs.js";
import { changedModules, codeHashes } from "./code-hashes.js";
import { forkRun } from "./fork-run.js";
import type { Fork, ForkSource } from "./forking.js";

export type PreparedFork = { readonly fork: Fork; readonly inputs: PortValues };

/** What a fork of a run begins with, under the plan as it is now. Fails with E_USAGE, and with E_INPUT where the plan wants inputs that the run did not have. */
export async function prepareFork(
  parts: HostParts,
  settings: RunSettings,
  source: ForkSource,
  plan: Plan,
  from: string | undefined,
): Promise<PreparedFork> {
  const [created] = source.events;
  const options: JsonObject = created?.type === "run.created" ? created.options : {};
  const started = source.events.find((event) => event.type === "run.started");
  const given: PortValues = started !== undefined && "inputs" in started ? started.inputs : {};
  const known = new Set(runInputs(plan).map((input) => input.name));
  const inputs = Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name)));
  await checkInputs(plan, await parts.values.loadAll(inputs));
  const changedCode = changedModules(options, await codeHashes(plan, settings.folders));
  const fork = await forkRun({ parts, settings, source, plan, inputs, from, changedCode });
  return { fork, inputs };
}
