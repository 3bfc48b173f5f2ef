import type { z } from "zod";
import type { Zod } from "../../contracts/component.js";

/** Seconds, or text such as `90s`, `5m`, `2h`. */
export function duration(zod: Zod): z.ZodType {
  return zod.union([
    zod.number().positive(),
    zod
      .string()
      .regex(/^(\d+(\.\d+)?\s*(ms|min|s|m|h|d)\s*)+$/, "Expected a duration: seconds, or text such as 90s, 5m, 2h"),
  ]);
}

export function overlap(zod: Zod): z.ZodType {
  return zod
    .enum(["queue", "skip", "cancel"])
    .optional()
    .describe(
      "Where it starts runs: what becomes of a firing while the run it started before still goes; default queue.",
    );
}

export function stepTargets(zod: Zod): z.ZodType {
  return zod
    .array(zod.string().min(1))
    .min(1)
    .optional()
    .describe(
      "What it fires: steps, `step.port`, or `progress_monitoring`, which publishes a progress report. " +
        "May be left out where other triggers are made of it, and where triggers start runs.",
    );
}
