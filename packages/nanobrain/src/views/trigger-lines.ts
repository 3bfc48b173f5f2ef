import { durationText } from "@nanobrain/engine";
import type { TriggerReport } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { oneLine, wrap } from "../terminal/text-width.js";

/** Transitions shown; those before them are counted. */
const shown = 12;

/** A trigger of a run: what it waits for or does, how often it fired, and the states it went through last. */
export function triggerLines(report: TriggerReport, startedAt: number, now: number, look: Look): string[] {
  const { name, kind, state, fired, lastFiredAt, dueAt, transitions } = report;
  const since = (at: number): string => `${durationText(at - startedAt)} after the run began`;
  const facts: readonly (readonly [string, string])[] = [
    [
      "fired",
      fired === 0 ? "never" : `${fired === 1 ? "once" : `${fired} times`}, last ${since(lastFiredAt ?? startedAt)}`,
    ],
    ...(dueAt === null ? [] : [["due", `in ${durationText(dueAt - now)}`] as const]),
  ];
  const before = transitions.length - shown;
  const steps = transitions
    .slice(-shown)
    .map((one) => `${durationText(one.at - startedAt)}  ${word(one.from)} > ${word(one.to)}: ${one.reason}`);
  const rows = [...facts, ...(before > 0 ? [`${before} changes before`] : []), ...steps].map((one, index) =>
    typeof one === "string" ? ([index === facts.length ? "states" : "", one] as const) : one,
  );
  return [
    `${look.paint.bold(oneLine(name))} is ${word(state)}`,
    `  a ${word(kind)} trigger`,
    ...rows.flatMap(([label, text]) =>
      wrap(oneLine(text), look.width - 14).map(
        (line, part) => `  ${look.paint.dim((part === 0 ? label : "").padEnd(11))} ${line}`,
      ),
    ),
  ];
}

function word(name: string): string {
  return name.replaceAll("_", " ");
}
