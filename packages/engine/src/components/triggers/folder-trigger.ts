import type { PlainDefinition } from "../../contracts/component.js";
import { globPattern } from "../../paths/glob-pattern.js";
import { duration, stepTargets } from "./trigger-parts.js";

export const folderTrigger: PlainDefinition = {
  kind: "trigger",
  class: "nanobrain.core.trigger.FolderTrigger",
  version: "1",
  summary: "Fires for each file that appears in a folder.",
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
      step_targets: stepTargets(zod),
    }),
};
