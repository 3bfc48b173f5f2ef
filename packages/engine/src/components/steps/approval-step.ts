import type { StepDefinition } from "../../contracts/component.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { schemaOrPath } from "../schema-or-path.js";

const later = "ApprovalStep is not there yet in this version";

export const approvalStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.ApprovalStep",
  version: "1",
  summary: "Asks a person and waits for the answer.",
  later,
  config: (zod) =>
    zod.strictObject({
      question: zod.string().min(1).describe("What is asked; may hold `{{ port }}`."),
      choices: zod
        .array(zod.union([zod.string(), zod.boolean(), zod.number()]))
        .min(1)
        .optional()
        .describe("Answers."),
      schema: schemaOrPath(zod).optional().describe("JSON Schema of the answer, or the path of one."),
    }),
  ports: () => ({
    inputs: {},
    outputs: { decision: {}, by: { schema: { type: "string" } }, at: { schema: { type: "string" } } },
    openInputs: true,
    openOutputs: false,
  }),
  effects: false,
  executor: "local",
  run: () => Promise.reject(nanobrainError("E_STEP", { what: later })),
};
