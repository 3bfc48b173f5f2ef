import { createNarrator, nanobrainError } from "@nanobrain/engine";
import { type Call, flag, operand, text } from "../call.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { eventLine } from "../views/event-line.js";

/** The journal of a run, in words or as it is. */
export function main(call: Call): Promise<number> {
  const run = operand(call, 0);
  const after = afterOf(call);
  return withRuntime(openExisting(call, run), async (runtime) => {
    const { plan, events } = await runtime.look(run);
    const { out } = call.terminal;
    const wanted = events.filter((event) => event.seq > after);
    if (flag(call, "json")) out.line(JSON.stringify(wanted));
    else if (flag(call, "jsonl")) for (const event of wanted) out.line(JSON.stringify(event));
    else {
      const narrate = createNarrator(plan);
      const start = events[0]?.at ?? 0;
      for (const event of events) {
        const told = narrate(event);
        if (event.seq > after) out.line(eventLine(told, event.type, start, out));
      }
    }
    return 0;
  });
}

function afterOf(call: Call): number {
  const given = text(call, "after");
  const after = Number(given ?? 0);
  if (Number.isSafeInteger(after) && after >= 0) return after;
  throw nanobrainError("E_USAGE", { problem: `Cannot use --after ${given}: the number of an event is expected` });
}
