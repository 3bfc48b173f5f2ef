import { type Json, NanobrainError, type Plan, type RunEvent, type Runtime } from "@nanobrain/engine";
import {
  type AgentCall,
  agentCalls,
  lifecycle,
  openAsks,
  type RunSummary,
  spentIn,
  timeline,
  triggerReports,
} from "@nanobrain/engine/observe";
import { type Call, flag, operand } from "../call.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { orderedOutputs } from "../outputs/output-lines.js";
import { storeSuffix } from "../store-place.js";
import { showLines } from "../views/show-lines.js";

/** Steps shown without `--all`. */
const mostSteps = 100;

/** One run: its steps, outputs, failures and warnings, and the states it went through. */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { plan, events, summary } = await runtime.look(run);
    const { outputs, lost } = await outputsOf(runtime, plan, events);
    const driven = (await runtime.store.holder(summary.run_id)) !== undefined;
    const calls = agentCalls(plan, events);
    const { out, now } = call.terminal;
    if (flag(call, "json")) out.line(JSON.stringify(printed({ plan, events, summary, calls }, outputs, driven)));
    else {
      const inCommands = summary.name + storeSuffix(call, runtime.store.place);
      const most = flag(call, "all") ? Number.POSITIVE_INFINITY : mostSteps;
      for (const line of showLines(
        { plan, events, summary, inCommands, outputs, calls, driven, most, now: now() },
        out,
      ))
        out.line(line);
    }
    for (const line of lost) call.terminal.err.line(line);
    return lost.length === 0 ? 0 : 4;
  });
}

type SetOutputs = { readonly outputs: { readonly [unit: string]: Json }; readonly lost: readonly string[] };

/** The outputs set so far. A value that the store has lost is named, and hides nothing else. */
async function outputsOf(runtime: Runtime, plan: Plan, events: readonly RunEvent[]): Promise<SetOutputs> {
  const outputs: { [unit: string]: Json } = {};
  const lost: string[] = [];
  const root = plan.workflows[0];
  for (const event of events) {
    if (event.type !== "unit.updated" || event.run !== 0 || event.value === undefined) continue;
    const node = root?.nodes[event.node];
    if (node?.kind !== "output") continue;
    try {
      outputs[node.name] = await runtime.value(event.value);
    } catch (error) {
      if (!(error instanceof NanobrainError) || !error.code.startsWith("E_BLOB_")) throw error;
      lost.push(`${error.code} output ${node.name}: ${error.message}`);
    }
  }
  return { outputs: orderedOutputs(plan, outputs), lost };
}

type Looked = {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
  readonly calls: readonly AgentCall[];
};

function printed(
  { plan, events, summary, calls }: Looked,
  outputs: { readonly [unit: string]: Json },
  driven: boolean,
) {
  const asks = openAsks(plan, events);
  const triggers = triggerReports(plan, events);
  const reactions = {
    ...(calls.length === 0 ? {} : { spent: spentIn(calls), calls }),
    ...(asks.length === 0 ? {} : { asks }),
    ...(triggers.length === 0 ? {} : { trigger_history: triggers }),
  };
  return { ...summary, driven, outputs, lifecycle: lifecycle(events), timeline: timeline(plan, events), ...reactions };
}
