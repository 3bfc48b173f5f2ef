import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { cronProblem } from "./cron-line.js";
import { duration, overlap, stepTargets } from "./trigger-parts.js";

const docs = `Fires at an interval (counted from the start of the run, without drift), or by a cron line of five fields (six with seconds in
front) in a time zone. It is durable: a time that passed while nothing ran is made up for by \`misfire\`: \`once\` (default),
\`all\` (each of them, 1,000 at most) or \`skip\`.

- Where a zone's clocks jump forward, a time that they skip becomes the moment of the jump, once; where they go back, a time
  that they show twice counts the first time only. Lines with \`*\` for the hour go by the hours that pass.
- A run does not wait for a timer, unless \`count\` bounds its firings or \`completion\` is \`manual\`.
- It brings no value: its steps take the last value of each of their links.

\`\`\`yaml
triggers:
  hourly: { class: TimerTrigger, config: { cron: "0 * * * *", timezone: Europe/Berlin, step_targets: [report] } }
  poll: { class: TimerTrigger, config: { interval: 90s, count: 10, step_targets: [look] } }
\`\`\`
`;

function zoneProblem(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return undefined;
  } catch {
    return `"${zone}" is no time zone`;
  }
}

function config(zod: Zod) {
  const shape = zod.strictObject({
    interval: duration(zod).optional().describe("Time between firings."),
    cron: zod.string().min(1).optional().describe("A cron line such as `0 * * * *`."),
    timezone: zod.string().min(1).default("UTC").describe("Zone the cron line is read in."),
    misfire: zod.enum(["skip", "once", "all"]).default("once").describe("What happens with firings that were missed."),
    count: zod.int().min(1).optional().describe("Number of firings; default: no end."),
    overlap: overlap(zod),
    step_targets: stepTargets(zod),
  });
  return shape.superRefine((value, context) => {
    const add = (code: string, message: string, path: string[] = []) =>
      context.addIssue({ code: "custom", path, message, params: { code } });
    if (value.interval === undefined && value.cron === undefined) add("E_MISSING", "a timer needs interval or cron");
    if (value.interval !== undefined && value.cron !== undefined)
      add("E_CONFLICT", "interval and cron exclude each other", ["cron"]);
    const cron = value.cron === undefined ? undefined : cronProblem(value.cron);
    if (cron !== undefined) add("E_SCHEDULE", cron, ["cron"]);
    const zone = zoneProblem(value.timezone);
    if (zone !== undefined) add("E_SCHEDULE", zone, ["timezone"]);
  });
}

export const timerTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.TimerTrigger",
  version: "1",
  summary: "Fires at an interval or by a cron line.",
  docs,
  config,
};
