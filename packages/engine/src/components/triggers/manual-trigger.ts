import type { PlainDefinition } from "../../contracts/component.js";
import { schemaOrPath } from "../schema-or-path.js";
import { stepTargets } from "./trigger-parts.js";

export const manualTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.ManualTrigger",
  version: "1",
  summary: "Fires when a person or a program says so.",
  config: (zod) =>
    zod.strictObject({
      payload_schema: schemaOrPath(zod).optional().describe("JSON Schema of the payload, or the path of one."),
      step_targets: stepTargets(zod),
    }),
};
