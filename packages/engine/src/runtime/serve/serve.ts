import type { Plan } from "../../plan/plan.js";
import { documentInvalid } from "../document-invalid.js";
import type { Loaded } from "../runtime.js";
import { reactingRun } from "./reacting-run.js";
import type { ServeOptions, ServeParts, Server } from "./served.js";
import { triggeredWorkflow } from "./triggered-workflow.js";

/**
 * Serves workflows: an event-driven one has one run that goes on until it is finished, any other has runs that its timers and folders
 * start. All documents are checked before anything begins. What an earlier process left is gone on with. Fails with
 * E_DOCUMENT_INVALID, E_INPUT, E_RUN_HELD.
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

function planOf(loaded: Loaded): Plan {
  if (loaded.plan === undefined) throw documentInvalid(loaded.diagnostics[0]?.file ?? "document", loaded.diagnostics);
  return loaded.plan;
}
