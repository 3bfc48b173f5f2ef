import type { PlainDefinition } from "../../contracts/component.js";
import { combinedConfig } from "./combined-config.js";
import { duration } from "./trigger-parts.js";

const docs = `Fires when each of the triggers it names has fired since it last fired itself; with \`window\`, when they did so within that
span. Its payload is the list of theirs, in the order in which it names them, with
null for those that brought none. The triggers it names need no \`step_targets\`.

\`\`\`yaml
triggers:
  morning: { class: TimerTrigger, config: { cron: "0 7 * * *", timezone: Europe/Berlin } }
  arrived: { class: FolderTrigger, config: { path: inbox } }
  both: { class: AllTrigger, config: { triggers: [morning, arrived], window: 12h, step_targets: [report] } }
\`\`\`
`;

export const allTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.AllTrigger",
  version: "1",
  summary: "Fires when all of the triggers it names have fired.",
  docs,
  config: (zod) =>
    combinedConfig(zod, { window: duration(zod).optional().describe("Span within which they must fire.") }),
};
