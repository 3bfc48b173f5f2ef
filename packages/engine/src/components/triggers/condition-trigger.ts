import type { PlainDefinition } from "../../contracts/component.js";
import { duration, stepTargets } from "./trigger-parts.js";

const docs = `Fires when its condition becomes true; it must be false again before it fires another time, and \`rearm\` must have passed.

The condition is CEL. It sees data units by name, and metrics: \`metrics.run.X\` and \`metrics.steps.NAME.X\`, where X is
\`error_rate\` (0 to 1), \`throughput\` (successes per second), \`duration_ms\` (mean), \`queued\` or \`running\`, over \`window\`. A unit or
metric that has no value yet makes it false. It is looked at when something that it depends on changes, never by the clock.

It belongs to \`execution_strategy: event_driven\`. It brings no value: its steps take the last value of each of their links.

\`\`\`yaml
triggers:
  bad:
    class: ConditionTrigger
    config: { condition: "metrics.run.error_rate > 0.1", window: 5m, rearm: 1m, step_targets: [alarm] }
\`\`\`
`;

export const conditionTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.ConditionTrigger",
  version: "1",
  summary: "Fires when a condition over units and metrics becomes true.",
  docs,
  config: (zod) =>
    zod.strictObject({
      condition: zod.string().min(1).describe("A CEL condition over data units and `metrics`."),
      window: duration(zod).optional().describe("Span the metrics are taken over."),
      rearm: duration(zod).optional().describe("Least time between two firings."),
      step_targets: stepTargets(zod),
    }),
};
