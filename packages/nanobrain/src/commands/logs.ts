import { nanobrainError, type Plan, type RunEvent } from "@nanobrain/engine";
import { type LogLine, logView, why } from "@nanobrain/engine/observe";
import { type Call, flag, operand, text } from "../call.js";
import { nameHint } from "../name-hint.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { logLine } from "../views/event-line.js";

const levels = ["debug", "info", "warn", "error"] as const;

/** What steps logged, among what the journal tells of them. */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  const level = levelOf(call);
  const step = text(call, "step");
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { plan, events, summary } = await runtime.look(run);
    if (step !== undefined) await refuseUnknown(plan, events, step);
    const logs = await runtime.store.logs(summary.run_id);
    const lines = logView(plan, events, logs, { level, ...(step === undefined ? {} : { step }) });
    print(call, lines, events[0]?.at ?? 0);
    return 0;
  });
}

/** Without this a mistyped step would look like one that never said anything. */
async function refuseUnknown(plan: Plan, events: readonly RunEvent[], step: string): Promise<void> {
  const found = why(plan, events, step);
  if (!("unknown" in found)) return;
  const problem = `Cannot use --step ${step}: the run has no step ${found.unknown}`;
  throw nanobrainError("E_USAGE", { problem }, { hint: await nameHint(found.unknown, found.known) });
}

function print(call: Call, lines: readonly LogLine[], start: number): void {
  const { out } = call.terminal;
  if (flag(call, "json")) out.line(JSON.stringify(lines));
  else if (flag(call, "jsonl")) for (const line of lines) out.line(JSON.stringify(line));
  else for (const line of lines) out.line(logLine(line, start, out));
}

function levelOf(call: Call): (typeof levels)[number] {
  const given = text(call, "level") ?? "info";
  const found = levels.find((level) => level === given);
  if (found !== undefined) return found;
  throw nanobrainError("E_USAGE", { problem: `Cannot use --level ${given}: one of ${levels.join(", ")} is expected` });
}
