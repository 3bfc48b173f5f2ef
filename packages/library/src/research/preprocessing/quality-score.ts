import type { JsonObject } from "@nanobrain/engine";
import type { FieldProfile } from "./field-profile.js";

export type QualityWeights = {
  readonly completeness: number;
  readonly validity: number;
  readonly uniqueness: number;
  readonly consistency: number;
};

export const usualWeights: QualityWeights = { completeness: 0.35, validity: 0.3, uniqueness: 0.15, consistency: 0.2 };

/** A field counts as expected that at least this share of the clean records fills in. */
const expectedShare = 0.5;

export type QualityCounts = {
  /** Records that came in, those that the collection set aside included. */
  readonly given: number;
  /** Of them: refused, or with a value that could not be read. */
  readonly faulty: number;
  readonly duplicates: number;
  readonly clean: number;
};

/** The score, its parts, and what they were computed from. See the docs of the step for the formulas. */
export function dataQuality(
  counts: QualityCounts,
  fields: readonly FieldProfile[],
  weights: QualityWeights,
  expected: readonly string[] | undefined,
): {
  readonly score: number;
  readonly parts: { readonly [part in keyof QualityWeights]: number };
  readonly explained: JsonObject;
} {
  const wanted =
    expected ?? fields.filter(({ filled }) => filled >= expectedShare * counts.clean).map(({ name }) => name);
  const byName = new Map(fields.map((field) => [field.name, field]));
  const filled = wanted.reduce((sum, name) => sum + (byName.get(name)?.filled ?? 0), 0);
  const values = fields.reduce((sum, field) => sum + field.filled, 0);
  const alike = fields.reduce((sum, field) => sum + field.filled * field.consistency, 0);
  const parts = {
    completeness: share(filled, wanted.length * counts.clean),
    validity: 1 - share(counts.faulty, counts.given, 0),
    uniqueness: 1 - share(counts.duplicates, counts.given, 0),
    consistency: share(alike, values),
  };
  const names = Object.keys(usualWeights) as (keyof QualityWeights)[];
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  const score =
    counts.clean === 0 || total === 0 ? 0 : names.reduce((sum, name) => sum + weights[name] * parts[name], 0) / total;
  return {
    score: rounded(score),
    parts: {
      completeness: rounded(parts.completeness),
      validity: rounded(parts.validity),
      uniqueness: rounded(parts.uniqueness),
      consistency: rounded(parts.consistency),
    },
    explained: {
      weights,
      expected_fields: wanted,
      completeness: `${filled} of ${wanted.length * counts.clean} values of the expected fields are there`,
      validity: `${counts.given - counts.faulty} of ${counts.given} records had no fault`,
      uniqueness: `${counts.given - counts.duplicates} of ${counts.given} records were no duplicates`,
      consistency: `${Math.round(alike)} of ${values} values are of their field's type`,
    },
  };
}

function share(part: number, whole: number, ofNothing = 1): number {
  return whole === 0 ? ofNothing : part / whole;
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
