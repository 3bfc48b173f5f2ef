import { nanobrainError } from "@nanobrain/engine";
import { type LogLine, logView } from "@nanobrain/engine/observe";
import { type Call, flag, operand, text } from "../call.js";
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
    const logs = await runtime.store.logs(summary.run_id);
    const lines = logView(plan, events, logs, { level, ...(step === undefined ? {} : { step }) });
    print(call, lines, events[0]?.at ?? 0);
    return 0;
  });
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
