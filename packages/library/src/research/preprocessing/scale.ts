import type { JsonObject } from "@nanobrain/engine";
import { numbersOf } from "./outliers.js";
import { mapOf } from "./rules/field-glob.js";
import { meanAndDeviation, quantile, sortedNumbers } from "./spread.js";
import type { Tracked } from "./trail.js";

export type Scaling = "min_max" | "z_score" | "robust";

/**
 * Numbers of the fields on a common scale: `min_max` 0 to 1, `z_score` mean 0 and standard deviation 1, `robust` median 0 and quartile
 * distance 1. A field whose numbers are all equal becomes 0. What was subtracted and divided by is told, so that it can be undone.
 */
export function scale(
  all: readonly Tracked[],
  wanted: { readonly [field: string]: Scaling },
): { readonly tracked: readonly Tracked[]; readonly scales: readonly JsonObject[] } {
  const scales = Object.entries(wanted).flatMap(([field, method]) => {
    const values = numbersOf(all, field);
    return values.length === 0 ? [] : [{ field, method, ...measure(values, method) }];
  });
  const byField = new Map(scales.map((each) => [each.field, each]));
  const tracked = all.map(({ index, record }) => ({
    index,
    record: mapOf(record, (name, value) => {
      const by = byField.get(name);
      if (by === undefined || typeof value !== "number") return value;
      return by.divided_by === 0 ? 0 : (value - by.subtracted) / by.divided_by;
    }),
  }));
  return { tracked, scales };
}

function measure(
  values: readonly number[],
  method: Scaling,
): { readonly subtracted: number; readonly divided_by: number } {
  if (method === "z_score") {
    const { mean, deviation } = meanAndDeviation(values);
    return { subtracted: mean, divided_by: deviation };
  }
  const sorted = sortedNumbers(values);
  const at = (share: number): number => quantile(sorted, share);
  return method === "min_max"
    ? { subtracted: at(0), divided_by: at(1) - at(0) }
    : { subtracted: at(0.5), divided_by: at(0.75) - at(0.25) };
}
