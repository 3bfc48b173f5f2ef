import { createNarrator, durationText, type Narration, type Plan, type RunEvent } from "@nanobrain/engine";
import { followMaps } from "./map-progress.js";
import { oneLine, pad } from "./terminal/text-width.js";

/**
 * Which events are worth a line where nothing is redrawn: ends of steps, and whatever went wrong. Items of maps, and what
 * is nested in them, only when they failed or are tried again; else their map tells how far it is. `past`: events that
 * were told before.
 */
export function plainTeller(plan: Plan, past: readonly RunEvent[]): (event: RunEvent) => readonly Narration[] {
  const narrate = createNarrator(plan);
  const follow = followMaps();
  const tell = (event: RunEvent): readonly Narration[] => {
    const told = narrate(event);
    const quarter = follow(event, told.step);
    const lines = isWorthALine(told) ? [told] : [];
    return quarter === undefined ? lines : [...lines, { ...told, level: "info", ...quarter }];
  };
  for (const event of past) tell(event);
  return tell;
}

function isWorthALine({ level, step }: Narration): boolean {
  if (level !== "info") return level !== "debug";
  return step !== "" && !step.includes("[");
}

export function plainLine(told: Narration, elapsedMs: number): string {
  return `${pad(durationText(elapsedMs), 7, "right")}  ${told.step === "" ? "run" : told.step}  ${oneLine(told.text)}`;
}
