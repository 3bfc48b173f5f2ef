import type { PlainDefinition } from "../../contracts/component.js";
import { duration, stepTargets } from "./trigger-parts.js";

export const dataUpdatedTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.DataUpdatedTrigger",
  version: "1",
  summary: "Fires when watched data units or output ports get a new value.",
  config: (zod) =>
    zod.strictObject({
      watch_data_units: zod.array(zod.string().min(1)).min(1).describe("Data units, or `step.port`."),
      mode: zod.enum(["any", "all"]).default("any").describe("Whether one new value is enough."),
      debounce: duration(zod).optional().describe("Quiet time before it fires."),
      coalesce: zod.boolean().default(false).describe("Waiting firings become one, with the latest values."),
      step_targets: stepTargets(zod),
    }),
};
