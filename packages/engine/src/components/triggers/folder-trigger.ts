import type { PlainDefinition } from "../../contracts/component.js";
import { globPattern } from "../../paths/glob-pattern.js";
import { duration, overlap, stepTargets } from "./trigger-parts.js";

const docs = `Fires for each file in a folder: for those that lie there when the run starts, and for those that come or change later. A
file that is as it was, by path, size and time, is taken once in a run, also after a restart.

- A file counts as complete when its size and time stood still for \`debounce\` (default 1 s). A program that writes slowly had
  better write under another name and rename the file when it is done.
- The folder need not be there yet. It is not searched while nothing happens in it; folders in it are not looked into, and
  links that lead out of the workflow's folder (and of allowed roots) are passed over.
- **The payload** is the file's path, relative to the workflow's folder: text that \`FileReadStep\` takes. It goes to the port
  that \`step_targets: [step.port]\` names; else to the step's port of the trigger's name; else to the one port that its class
  marks for it; else to the only required port that nothing feeds.

\`\`\`yaml
execution_strategy: event_driven
completion: manual
steps:
  load: { class: FileReadStep, config: { path: "{{ file }}", parse: csv } }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.csv", step_targets: [load.file] } }
\`\`\`
`;

export const folderTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.FolderTrigger",
  version: "1",
  summary: "Fires for each file that appears in a folder.",
  docs,
  config: (zod) =>
    zod.strictObject({
      path: zod.string().min(1).describe("The folder, relative to the document."),
      pattern: zod
        .string()
        .min(1)
        .default("*")
        .refine((pattern) => !pattern.includes("/"), "a pattern of names is expected, without /")
        .refine((pattern) => globPattern(pattern) !== undefined, "its braces stand for too many patterns")
        .describe(
          "Names to look at: `*.csv`, `[a-z]?.{csv,tsv}`. Names that start with a dot must be spelled with it.",
        ),
      debounce: duration(zod).optional().describe("Quiet time before a file counts as complete."),
      overlap: overlap(zod),
      step_targets: stepTargets(zod),
    }),
};
