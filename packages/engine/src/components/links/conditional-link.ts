import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { linkEnds } from "./link-ends.js";

/** Operators of the `{field, operator, value}` form. */
export const comparisonOperators = ["eq", "ne", "gt", "ge", "lt", "le", "in", "contains", "exists"] as const;

function comparison(zod: Zod) {
  return zod
    .strictObject({
      field: zod.string().min(1).describe("Path of a field of the value, such as `report.score`."),
      operator: zod.enum(comparisonOperators),
      value: zod.json().optional().describe("What the field is compared with; not for `exists`."),
    })
    .superRefine((given, context) => {
      const wants = given.operator !== "exists";
      if (wants === (given.value !== undefined)) return;
      context.addIssue({
        code: "custom",
        path: wants ? [] : ["value"],
        message: wants ? `operator ${given.operator} needs a value` : "operator exists takes no value",
        params: { code: wants ? "E_MISSING" : "E_CONFLICT" },
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
