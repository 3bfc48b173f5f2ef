import type { LogEntry } from "../contracts/store.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { createNarrator } from "./narrate.js";
import type { Narration } from "./narration.js";

export type LogLine = Omit<Narration, "seq"> & { readonly from: "journal" | "step" };

export type LogFilter = {
  /** Only this step and what is inside it. */
  readonly step?: string;
  readonly level?: Narration["level"];
};

const rank = { debug: 0, info: 1, warn: 2, error: 3 } as const;

/** What steps logged and what the journal tells, as one list in order of time; default level: info. */
export function logView(
  plan: Plan,
  events: Iterable<RunEvent>,
  logs: readonly LogEntry[],
  filter: LogFilter = {},
): readonly LogLine[] {
  const narrate = createNarrator(plan);
  const lines: LogLine[] = [];
  for (const event of events) {
    const { at, level, step, text } = narrate(event);
    lines.push({ at, level, step, text, from: "journal" });
  }
  for (const { at, level, step, text } of logs) lines.push({ at, level, step, text, from: "step" });
  const least = rank[filter.level ?? "info"];
  return lines
    .filter((line) => rank[line.level] >= least && isWithin(line.step, filter.step))
    .sort((a, b) => a.at - b.at);
}

function isWithin(step: string, wanted: string | undefined): boolean {
  if (wanted === undefined || step === wanted) return true;
  return step.startsWith(`${wanted}/`) || step.startsWith(`${wanted}[`);
}
