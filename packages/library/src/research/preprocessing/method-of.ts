import type { JsonObject } from "@nanobrain/engine";
import { deduplicationOf, normalizationOf, type PreprocessingConfig } from "./preprocessing-config.js";
import type { Rule } from "./rules/rule.js";

/** What was done to the records and with which bounds, in words for the methods of a report. What was not done is not there. */
export function methodOf(config: PreprocessingConfig, rules: readonly Rule[]): JsonObject {
  const normalization = normalizationOf(config);
  const duplicates = deduplicationOf(config);
  const scaled = typeof config.normalization === "boolean" ? {} : config.normalization.scale;
  const lists: { readonly [part: string]: readonly string[] } = {
    rules: rules.map(({ label }) => label.replace(/^\d+ /, "").replace(/_/g, " ")),
    normalization:
      normalization === undefined
        ? []
        : Object.entries(normalization).flatMap(([part, isOn]) => (isOn === true ? [part] : [])),
    deduplication:
      duplicates === undefined
        ? []
        : [
            ...(duplicates.exact ? ["equal records"] : []),
            ...duplicates.keys.map((fields) => `equal ${fields.join(" and ")}`),
            ...(duplicates.near === undefined ? [] : [`nearly equal from ${duplicates.near.threshold}`]),
          ],
    outliers: outliersOf(config),
    scaled: Object.entries(scaled).map(([field, way]) => `${field} by ${way.replace(/_/g, " ")}`),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, told]) => told.length > 0));
}

const acts = { report: "reported", null: "emptied", drop: "dropped" };

function outliersOf({ outliers }: PreprocessingConfig): readonly string[] {
  if (outliers === undefined) return [];
  const { method, factor = method === "iqr" ? 1.5 : 3.5, action } = outliers;
  return [`${factor} ${method === "iqr" ? "quartile distances" : "median distances"}, ${acts[action]}`];
}
