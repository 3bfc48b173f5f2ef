import type { PlainDefinition } from "../../contracts/component.js";
import { combinedConfig } from "./combined-config.js";

const docs = `Fires each time one of the triggers it names does, with the payload of that one. The triggers it names need no
\`step_targets\`.

\`\`\`yaml
triggers:
  hourly: { class: TimerTrigger, config: { interval: 1h } }
  now: { class: ManualTrigger }
  either: { class: AnyTrigger, config: { triggers: [hourly, now], step_targets: [report] } }
\`\`\`
`;

export const anyTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.AnyTrigger",
  version: "1",
  summary: "Fires when one of the triggers it names does.",
  docs,
  config: (zod) => combinedConfig(zod, {}),
};
