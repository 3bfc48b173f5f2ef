import { nanobrainError } from "@nanobrain/engine";
import { agentCalls, triggerReports, why } from "@nanobrain/engine/observe";
import { type Call, flag, operand } from "../call.js";
import { nameHint } from "../name-hint.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { triggerLines } from "../views/trigger-lines.js";
import { whyLines } from "../views/why-lines.js";

/** Calls of an agent shown without `--all`. */
const mostCalls = 40;

/** Of the step itself, or of an item of it. */
const isOf = (path: string, step: string): boolean => path === step || path.replace(/\[\d+\]$/, "") === step;

/** Why a step ran, waited, was skipped, retried, routed or came from the cache. */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  const step = operand(call, 1);
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { plan, events } = await runtime.look(run);
    const report = why(plan, events, step);
    const triggers = "unknown" in report ? triggerReports(plan, events) : [];
    const trigger = triggers.find((one) => one.name === step);
    if (trigger !== undefined) {
      const { out, now } = call.terminal;
      const started = events.find((event) => event.type === "run.started")?.at ?? 0;
      if (flag(call, "json")) out.line(JSON.stringify(trigger));
      else for (const line of triggerLines(trigger, started, now(), out.look)) out.line(line);
      return 0;
    }
    if ("unknown" in report) {
      const hint = await nameHint(report.unknown, [...report.known, ...triggers.map((one) => one.name)]);
      throw nanobrainError(
        "E_USAGE",
        { problem: `Cannot explain ${step}: run ${run} has no step ${report.unknown}` },
        { hint },
      );
    }
    const { out } = call.terminal;
    const calls = agentCalls(plan, events).filter((one) => isOf(one.step, step));
    if (flag(call, "json")) out.line(JSON.stringify({ ...report, ...(calls.length === 0 ? {} : { calls }) }));
    else {
      const most = flag(call, "all") ? Number.POSITIVE_INFINITY : mostCalls;
      for (const line of whyLines(report, out.look, { calls, most })) out.line(line);
    }
    return 0;
  });
}
