import type { PlainDefinition } from "../../contracts/component.js";
import { duration, stepTargets } from "./trigger-parts.js";

const docs = `Fires when a data unit or an output port that it watches gets a value, from the first one on; with \`mode: all\`, when each of
them got one since the last firing.

- \`debounce\`: fires when nothing new came for that long, with the latest values.
- \`coalesce\`: firings that wait for a busy step become one, with the latest values. Otherwise they wait in order.
- **The value** goes to the port that \`step_targets: [step.port]\` names; else to the step's port of the unit's (or output
  port's) name; else to the one port that the step's class marks for it. A step with open ports gets a port of that name.
- The step's other ports get the last value of each of their links, as it was when the trigger fired.
- A watched unit that nobody declares becomes an input of the workflow, with a warning.

It belongs to \`execution_strategy: event_driven\`.

\`\`\`yaml
triggers:
  newest:
    class: DataUpdatedTrigger
    config: { watch_data_units: [work.result], coalesce: true, step_targets: [report] }
\`\`\`
`;

export const dataUpdatedTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.DataUpdatedTrigger",
  version: "1",
  summary: "Fires when watched data units or output ports get a new value.",
  docs,
  config: (zod) =>
    zod.strictObject({
      watch_data_units: zod.array(zod.string().min(1)).min(1).describe("Data units, or `step.port`."),
      mode: zod.enum(["any", "all"]).default("any").describe("Whether one new value is enough."),
      debounce: duration(zod).optional().describe("Quiet time before it fires."),
      coalesce: zod.boolean().default(false).describe("Waiting firings become one, with the latest values."),
      step_targets: stepTargets(zod),
    }),
};
