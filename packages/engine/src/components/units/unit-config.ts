import type { z } from "zod";
import type { Zod } from "../../contracts/component.js";
import { schemaOrPath } from "../schema-or-path.js";

/** The config of a data unit: the keys all kinds share, and those of one kind. */
export function unitConfig(zod: Zod, own: { readonly [key: string]: z.ZodType }) {
  return zod.strictObject({
    schema: schemaOrPath(zod).optional().describe("JSON Schema of the value, or the path of one."),
    default: zod.json().optional().describe("The value where nothing sets the unit."),
    optional: zod.boolean().optional().describe("True: the unit may stay unset."),
    role: zod
      .enum(["input", "parameter", "result", "metric"])
      .optional()
      .describe("A parameter is set from outside only and keeps its value."),
    merge: zod
      .enum(["single", "first", "list", "each", "collect"])
      .optional()
      .describe("How values of several links become one."),
    description: zod.string().optional().describe("For people."),
    ...own,
  });
}
