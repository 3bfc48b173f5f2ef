import type { PlainDefinition } from "../../contracts/component.js";
import { duration, stepTargets } from "./trigger-parts.js";

export const conditionTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.ConditionTrigger",
  version: "1",
  summary: "Fires when a condition over units and metrics becomes true.",
  config: (zod) =>
    zod.strictObject({
      condition: zod.string().min(1).describe("A CEL condition over data units and `metrics`."),
      window: duration(zod).optional().describe("Span the metrics are taken over."),
      rearm: duration(zod).optional().describe("Least time between two firings."),
      step_targets: stepTargets(zod),
    }),
};
