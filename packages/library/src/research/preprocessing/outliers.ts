import type { JsonObject } from "@nanobrain/engine";
import { fieldGlob, fieldOf, mapOf } from "./rules/field-glob.js";
import { medianDistance, quantile, sortedNumbers } from "./spread.js";
import type { Tracked, Trail } from "./trail.js";

export type Outliers = {
  readonly fields: readonly string[];
  readonly method: "iqr" | "mad";
  readonly factor?: number;
  readonly action: "report" | "null" | "drop";
};

type Bounds = { readonly low: number; readonly high: number };

/** Fewer numbers say nothing of what is usual. */
const fewest = 8;
/** Makes the median distance comparable to a standard deviation. */
const madScale = 1.4826;

/**
 * Numbers far from the others of their field. `iqr`: more than `factor` (1.5) quartile distances below the first or above the third
 * quartile. `mad`: more than `factor` (3.5) scaled median distances from the median. Where half of a field is equal there is no measure.
 */
export function markOutliers(
  all: readonly Tracked[],
  wanted: Outliers,
  trail: Trail,
): { readonly tracked: readonly Tracked[]; readonly found: readonly JsonObject[] } {
  const stage = "outlier";
  trail.begin(stage);
  const found: JsonObject[] = [];
  let tracked = all;
  for (const name of numericFields(all, wanted.fields)) {
    const bounds = boundsOf(numbersOf(all, name), wanted);
    if (bounds === undefined) continue;
    const isOut = ({ record }: Tracked): boolean => {
      const value = fieldOf(record, name);
      return typeof value === "number" && (value < bounds.low || value > bounds.high);
    };
    const out = tracked.filter(isOut);
    found.push({
      field: name,
      ...bounds,
      count: out.length,
      first: out.slice(0, 5).map(({ index, record }) => ({ index, value: record[name] ?? null })),
    });
    tracked = acted(tracked, name, isOut, bounds, wanted.action, trail);
  }
  return { tracked, found };
}

function acted(
  tracked: readonly Tracked[],
  name: string,
  isOut: (each: Tracked) => boolean,
  { low, high }: Bounds,
  action: Outliers["action"],
  trail: Trail,
): readonly Tracked[] {
  if (action === "report") return tracked;
  if (action === "drop")
    return tracked.filter((each) => {
      if (!isOut(each)) return true;
      const reason = `${name} ${String(each.record[name])} is outside ${low} to ${high}`;
      trail.drop("outlier", { index: each.index, reason, record: each.record });
      return false;
    });
  return tracked.map((each) => {
    if (!isOut(each)) return each;
    trail.notes("outlier", each.index).changed(name, each.record[name] ?? null, null);
    return { index: each.index, record: mapOf(each.record, (field, value) => (field === name ? null : value)) };
  });
}

export function numericFields(all: readonly Tracked[], patterns: readonly string[]): readonly string[] {
  const globs = patterns.map(fieldGlob);
  const names = new Set<string>();
  for (const { record } of all)
    for (const [name, value] of Object.entries(record)) if (typeof value === "number") names.add(name);
  return [...names].filter((name) =>
    globs.some(({ source, parts }) => source === name || (parts.length === 1 && parts[0]?.(name) === true)),
  );
}

export function numbersOf(all: readonly Tracked[], name: string): readonly number[] {
  return all.flatMap(({ record }) => {
    const value = fieldOf(record, name);
    return typeof value === "number" ? [value] : [];
  });
}

function boundsOf(values: readonly number[], { method, factor }: Outliers): Bounds | undefined {
  if (values.length < fewest) return undefined;
  const sorted = sortedNumbers(values);
  const [first, median, third] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const distance =
    method === "iqr" ? (third - first) * (factor ?? 1.5) : medianDistance(sorted) * madScale * (factor ?? 3.5);
  if (distance === 0) return undefined;
  const [from, to] = method === "iqr" ? [first, third] : [median, median];
  return { low: from - distance, high: to + distance };
}
