import type { Json, Plan, RunEvent, Runtime } from "@nanobrain/engine";
import { lifecycle, type RunSummary, timeline } from "@nanobrain/engine/observe";
import { type Call, flag, operand } from "../call.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { orderedOutputs } from "../outputs/output-lines.js";
import { showLines } from "../views/show-lines.js";

/** One run: its steps, outputs, failures and warnings, and the states it went through. */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { plan, events, summary } = await runtime.look(run);
    const outputs = await outputsOf(runtime, plan, events);
    const driven = (await runtime.store.holder(summary.run_id)) !== undefined;
    const { out, now } = call.terminal;
    if (flag(call, "json")) out.line(JSON.stringify(printed(plan, events, summary, outputs, driven)));
    else for (const line of showLines({ plan, events, summary, outputs, driven, now: now() }, out)) out.line(line);
    return 0;
  });
}

/** The outputs set so far. */
async function outputsOf(runtime: Runtime, plan: Plan, events: readonly RunEvent[]): Promise<{ [unit: string]: Json }> {
  const outputs: { [unit: string]: Json } = {};
  const root = plan.workflows[0];
  for (const event of events) {
    if (event.type !== "unit.updated" || event.run !== 0 || event.value === undefined) continue;
    const node = root?.nodes[event.node];
    if (node?.kind === "output") outputs[node.name] = await runtime.value(event.value);
  }
  return orderedOutputs(plan, outputs);
}

function printed(
  plan: Plan,
  events: readonly RunEvent[],
  summary: RunSummary,
  outputs: { readonly [unit: string]: Json },
  driven: boolean,
) {
  return { ...summary, driven, outputs, lifecycle: lifecycle(events), timeline: timeline(plan, events) };
}
