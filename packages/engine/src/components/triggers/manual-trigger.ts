import type { PlainDefinition } from "../../contracts/component.js";
import { schemaOrPath } from "../schema-or-path.js";
import { overlap, stepTargets } from "./trigger-parts.js";

const docs = `Fires when somebody says so: \`nanobrain trigger RUN NAME -d JSON\`, \`run.trigger(name, payload)\`, or in the browser. A run waits
for a manual trigger whose step has never been fired.

**The payload** is checked against \`payload_schema\`. It goes to the port that \`step_targets: [step.port]\` names; else to the
step's port of the trigger's name; else to the one port that its class marks for it; else to the only required port that
nothing feeds; else nowhere.

\`\`\`yaml
triggers:
  now: { class: ManualTrigger, config: { payload_schema: { type: object }, step_targets: [report] } }
\`\`\`
`;

export const manualTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.ManualTrigger",
  version: "1",
  summary: "Fires when a person or a program says so.",
  docs,
  config: (zod) =>
    zod.strictObject({
      payload_schema: schemaOrPath(zod).optional().describe("JSON Schema of the payload, or the path of one."),
      overlap: overlap(zod),
      step_targets: stepTargets(zod),
    }),
};
