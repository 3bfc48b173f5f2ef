import { join } from "node:path";
import type { WorkflowAnswer, WorkflowCall } from "../../contracts/executor.js";
import type { Driver } from "../../host/driver.js";
import { foldRun } from "../../host/open-run.js";
import type { Caller, HostParts } from "../../host/parts.js";
import type { Runtime } from "../runtime.js";
import { callWorkflow } from "./call-workflow.js";
import { placedAsks } from "./placed-asks.js";

/** Runs a workflow that a step of one of the runtime's runs calls. */
export function callInRuntime(
  runtime: Runtime,
  { parts, drivers }: { readonly parts: HostParts; readonly drivers: ReadonlyMap<string, Driver> },
  caller: Caller,
  call: WorkflowCall,
): Promise<WorkflowAnswer> {
  const calls = {
    store: parts.store,
    clock: parts.clock,
    isDriven: (runId: string) => drivers.get(runId)?.isBroken === false,
    load: (path: string, project: string) => runtime.load(join(project, path), { project }),
    start: runtime.start.bind(runtime),
    resume: runtime.resume.bind(runtime),
    attach: runtime.attach.bind(runtime),
    asks: async (runId: string) =>
      placedAsks(drivers.get(runId)?.tree ?? (await foldRun(parts, runId, (await runtime.look(runId)).plan)).tree),
  };
  return callWorkflow(calls, caller, call);
}
