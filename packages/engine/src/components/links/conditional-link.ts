import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { fieldOperators } from "../../expression/field-condition.js";
import { linkEnds } from "./link-ends.js";

function comparison(zod: Zod) {
  return zod
    .strictObject({
      field: zod.string().min(1).describe("Path of a field of the value, such as `report.score`."),
      operator: zod.enum(fieldOperators),
      value: zod.json().optional().describe("What the field is compared with; with `exists`, false asks for absence."),
    })
    .superRefine((given, context) => {
      if (given.operator === "exists" || given.value !== undefined) return;
      context.addIssue({
        code: "custom",
        message: `operator ${given.operator} needs a value`,
        params: { code: "E_MISSING" },
      });
    });
}

export const conditionalLink: PlainDefinition = {
  kind: "link",
  class: "nanobrain.core.link.ConditionalLink",
  version: "1",
  summary: "Passes the value on when its condition holds over it, else nothing.",
  docs: "In short: `inputs: { port: { from: step.port, when: condition } }` at the target step.",
  config: (zod) =>
    zod.strictObject({
      ...linkEnds(zod),
      condition: zod
        .union([zod.string().min(1), comparison(zod)])
        .describe("A CEL condition over the fields of the value, or `{field, operator, value}`."),
      otherwise: zod
        .enum(["skip", "fail"])
        .default("skip")
        .describe("What a closed gate means: nothing arrives, or the target fails."),
    }),
};
