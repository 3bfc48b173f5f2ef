import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Plan } from "../../plan/plan.js";
import { documentInvalid } from "../document-invalid.js";
import type { Loaded } from "../runtime.js";
import { reactingRun } from "./reacting-run.js";
import type { ServeOptions, ServeParts, Server } from "./served.js";
import { triggeredWorkflow } from "./triggered-workflow.js";

/**
 * Serves workflows: an event-driven one has one run that goes on until it is finished, any other has runs that its timers and folders
 * start. All documents are checked before anything begins. What an earlier process left is gone on with. Fails with
 * E_DOCUMENT_INVALID, E_INPUT, E_RUN_HELD, and with E_USAGE where nothing of a document would ever begin.
 */
export async function serve(
  parts: ServeParts,
  documents: readonly Loaded[],
  options: ServeOptions = {},
): Promise<Server> {
  const plans = documents.map((loaded) => planOf(loaded));
  const served = documents.map((loaded, index) => {
    const plan = plans[index] as Plan;
    const reacts = plan.workflows[0]?.strategy === "event_driven";
    if (!reacts) checkStarts(plan);
    return (reacts ? reactingRun : triggeredWorkflow)(parts, loaded, plan, options);
  });
  for (const one of served) await one.begin();
  return {
    served: () => served.map((one) => one.state()),
    over: Promise.all(served.map((one) => one.over)).then(() => undefined),
    close: () => {
      for (const one of served) one.close();
    },
  };
}

function checkStarts(plan: Plan): void {
  const triggers = plan.workflows[0]?.triggers ?? [];
  if (triggers.some(({ timer, folder }) => timer !== undefined || folder !== undefined)) return;
  const problem = `Cannot serve ${plan.name}: it has no timer and no folder that would start runs of it`;
  throw nanobrainError(
    "E_USAGE",
    { problem },
    { hint: "nanobrain run starts one; only event_driven workflows wait for triggers" },
  );
}

function planOf(loaded: Loaded): Plan {
  if (loaded.plan === undefined) throw documentInvalid(loaded.diagnostics[0]?.file ?? "document", loaded.diagnostics);
  return loaded.plan;
}
