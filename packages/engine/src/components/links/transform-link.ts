import type { PlainDefinition, Zod } from "../../contracts/component.js";
import { schemaOrPath } from "../schema-or-path.js";
import { linkEnds } from "./link-ends.js";

const WAYS = ["transform_function", "expression", "mapping"] as const;

function config(zod: Zod) {
  const shape = zod.strictObject({
    ...linkEnds(zod),
    transform_function: zod
      .string()
      .min(1)
      .optional()
      .describe("A function `(value, ctx) => value`: of the document's module, `./file.ts#name`, or registered."),
    expression: zod.string().min(1).optional().describe("A JSONata expression over the value."),
    mapping: zod
      .record(zod.string(), zod.string().min(1))
      .optional()
      .describe("Names the fields of a new object, each with the path of the field it is taken from."),
    input_schema: schemaOrPath(zod)
      .optional()
      .describe("JSON Schema, or the path of one, for the value before the transform."),
    output_schema: schemaOrPath(zod)
      .optional()
      .describe("JSON Schema, or the path of one, for the value after the transform."),
  });
  return shape.superRefine((value, context) => {
    const given = WAYS.filter((way) => value[way] !== undefined);
    if (given.length === 1) return;
    context.addIssue(
      given.length === 0
        ? {
            code: "custom",
            message: "a TransformLink needs one of transform_function, expression and mapping",
            params: { code: "E_MISSING", hint: "a DirectLink passes values on unchanged" },
          }
        : {
            code: "custom",
            path: [given[1] ?? ""],
            message: `${given.join(" and ")} exclude each other`,
            params: { code: "E_CONFLICT", hint: "keep one of them" },
          },
    );
  });
}

export const transformLink: PlainDefinition = {
  kind: "link",
  class: "nanobrain.core.link.TransformLink",
  version: "1",
  summary: "Passes on what a function, an expression or a field mapping makes of the value.",
  docs: "In short: `inputs: { port: { from: step.port, transform: name } }` at the target step.",
  config,
};
