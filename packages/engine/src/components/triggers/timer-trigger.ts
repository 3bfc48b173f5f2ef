import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { cronProblem } from "./cron-line.js";
import { duration, stepTargets } from "./trigger-parts.js";

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
  config,
};
