import type { Zod } from "@nanobrain/engine";
import type { ChartType } from "./chart.js";

export const chartTypes: readonly ChartType[] = ["bar", "line", "scatter", "histogram", "heatmap", "pie"];

/** A chart as a document asks for it. */
export type ChartSpec = {
  readonly type: ChartType;
  readonly data: string;
  readonly name?: string;
  readonly title?: string;
  readonly x?: string;
  readonly y?: string | readonly string[];
  readonly group?: string;
  readonly value?: string;
  readonly aggregate?: "count" | "sum" | "mean" | "min" | "max";
  readonly sort?: "value" | "x" | "none";
  readonly limit?: number;
  readonly bins?: number;
  readonly x_title?: string;
  readonly y_title?: string;
  readonly unit?: string;
};

export function chartSpecSchema(zod: Zod) {
  const field = zod.string().min(1).max(200);
  return zod.strictObject({
    type: zod.enum(["bar", "line", "scatter", "histogram", "heatmap", "pie"]).describe("Kind of chart."),
    data: field.describe("Path of a list of objects, or of an object of numbers, in the report's variables."),
    name: zod
      .string()
      .regex(/^[\w-]{1,60}$/, "Expected letters, digits, - and _")
      .optional()
      .describe("What the template calls it: `![caption](chart:NAME)`."),
    title: zod.string().max(200).optional().describe("Stands above it. Default: made of the fields."),
    x: field.optional().describe("Field along the x axis; of a histogram the field that is counted."),
    y: zod
      .union([field, zod.array(field).min(1).max(8)])
      .optional()
      .describe("Field or fields of the y axis. Default: how many objects there are for each x."),
    group: field.optional().describe("Field whose values become one series each; of a heatmap its rows."),
    value: field.optional().describe("Of a heatmap: the field that colours a cell. Default: how many objects."),
    aggregate: zod
      .enum(["count", "sum", "mean", "min", "max"])
      .optional()
      .describe("What is made of several y for one x. Default: sum, or count where there is no y."),
    sort: zod
      .enum(["value", "x", "none"])
      .optional()
      .describe("Order of categories. Default: x for numbers, none otherwise."),
    limit: zod.number().int().min(1).max(200).optional().describe("Most categories; those after it are left out."),
    bins: zod.number().int().min(2).max(100).optional().describe("Of a histogram. Default: by the number of values."),
    x_title: zod.string().max(120).optional().describe("Name of the x axis. Default: the field."),
    y_title: zod.string().max(120).optional().describe("Name of the y axis. Default: the field, or `Count`."),
    unit: zod.string().max(40).optional().describe("Unit of y, put after the axis' name in brackets."),
  });
}
