import type { Json, JsonObject } from "@nanobrain/engine";
import { type Deduplication, deduplicate } from "./deduplicate.js";
import { profile } from "./field-profile.js";
import { methodOf } from "./method-of.js";
import { type Normalization, normalize, normalizeTexts } from "./normalize.js";
import { markOutliers } from "./outliers.js";
import { deduplicationOf, normalizationOf, type PreprocessingConfig } from "./preprocessing-config.js";
import { dataQuality } from "./quality-score.js";
import { rawRecords } from "./raw-records.js";
import { isFilled } from "./rules/field-glob.js";
import { isDropped, type Rule } from "./rules/rule.js";
import { scale } from "./scale.js";
import { createTrail, type Dropped, type Tracked, type Trail } from "./trail.js";

export type Preprocessed = {
  readonly cleanData: JsonObject;
  readonly report: JsonObject;
  readonly dropped: readonly Dropped[];
};

/** How far it is, for whoever waits; throws to end the work. */
export type Tell = (fraction: number, note: string) => void;

/**
 * Cleans, normalizes, deduplicates and measures, in this order. Every record of the input is either among the clean ones or among
 * the dropped ones.
 */
export function preprocess(
  raw: Json | undefined,
  config: PreprocessingConfig,
  rules: readonly Rule[],
  tell: Tell,
): Preprocessed {
  const trail = createTrail();
  const given = rawRecords(raw);
  for (const { index, value } of given.refused)
    trail.drop("input", { index, reason: "no map of fields", record: value });
  let tracked: readonly Tracked[] = given.records;
  const normalization = normalizationOf(config);
  if (normalization !== undefined) tracked = normalizeTexts(tracked, normalization, trail);
  for (const [at, rule] of rules.entries()) {
    tracked = ruled(tracked, rule, trail);
    tell((0.5 * (at + 1)) / rules.length, rule.label);
  }
  tell(0.6, "duplicates");
  tracked = settled(tracked, normalization, deduplicationOf(config), trail);
  tell(0.85, "numbers");
  const outliers = config.outliers === undefined ? undefined : markOutliers(tracked, config.outliers, trail);
  const scales = typeof config.normalization === "boolean" ? {} : config.normalization.scale;
  const scaled = scale(outliers?.tracked ?? tracked, scales);
  return finished(scaled.tracked, trail, config, {
    given: given.records.length + given.refused.length,
    invalidBefore: given.invalidBefore,
    ...(given.search === undefined ? {} : { search: given.search }),
    method: methodOf(config, rules),
    measures: {
      ...(outliers === undefined ? {} : { outliers: outliers.found }),
      ...(scaled.scales.length === 0 ? {} : { scales: scaled.scales }),
    },
  });
}

const mostRounds = 10;

/**
 * Made alike and without empty ones and duplicates, until nothing more is dropped: what most of a field are may change with what is left,
 * and the result should be clean, not only cleaner.
 */
function settled(
  all: readonly Tracked[],
  normalization: Normalization | undefined,
  deduplication: Deduplication | undefined,
  trail: Trail,
): readonly Tracked[] {
  let tracked = all;
  for (let round = 1; round <= mostRounds; round++) {
    const alike = normalization === undefined ? tracked : normalize(tracked, normalization, trail);
    const filled = withoutEmpty(alike, trail);
    tracked = deduplication === undefined ? filled : deduplicate(filled, deduplication, trail);
    if (tracked.length === alike.length || normalization === undefined) break;
  }
  return tracked;
}

function ruled(all: readonly Tracked[], rule: Rule, trail: Trail): readonly Tracked[] {
  trail.begin(rule.label);
  if (rule.dedupe !== undefined)
    return deduplicate(all, { exact: false, keys: [rule.dedupe], ignore: [] }, trail, rule.label);
  return all.flatMap(({ index, record }) => {
    const outcome = rule.apply(record, trail.notes(rule.label, index));
    if (!isDropped(outcome)) return [{ index, record: outcome as JsonObject }];
    trail.drop(rule.label, { index, reason: outcome.dropped, record });
    return [];
  });
}

function withoutEmpty(all: readonly Tracked[], trail: Trail): readonly Tracked[] {
  return all.filter(({ index, record }) => {
    if (Object.values(record).some(isFilled)) return true;
    trail.drop("empty", { index, reason: "no field holds anything", record });
    return false;
  });
}

type Around = {
  readonly given: number;
  readonly invalidBefore: number;
  readonly search?: Json;
  readonly measures: JsonObject;
  readonly method: JsonObject;
};

function finished(
  tracked: readonly Tracked[],
  trail: Trail,
  config: PreprocessingConfig,
  around: Around,
): Preprocessed {
  const fields = profile(tracked);
  const isDuplicate = ({ duplicate_of }: Dropped): boolean => duplicate_of !== undefined;
  const refused = trail.dropped.filter(
    (each) => !isDuplicate(each) && !/^\d+ filter$/.test(each.by) && each.by !== "outlier",
  );
  const faulty = new Set([...trail.doubtful, ...refused.map(({ index }) => index)]).size;
  const duplicates = trail.dropped.filter(isDuplicate).length;
  const given = around.given + around.invalidBefore;
  const quality = dataQuality(
    { given, faulty: faulty + around.invalidBefore, duplicates, clean: tracked.length },
    fields,
    config.quality_weights,
    config.expected_fields,
  );
  const counts = {
    given: around.given,
    clean: tracked.length,
    dropped: trail.dropped.length,
    duplicates,
    invalid_before: around.invalidBefore,
  };
  return {
    cleanData: {
      records: tracked.map(({ record }) => record),
      data_quality_score: quality.score,
      quality: quality.parts,
      counts,
      fields: fields as unknown as Json,
      method: around.method,
      ...(around.search === undefined ? {} : { search: around.search }),
    },
    report: {
      data_quality_score: quality.score,
      quality: quality.parts,
      explained: quality.explained,
      counts,
      steps: trail.stages(),
      ...around.measures,
    },
    dropped: trail.dropped,
  };
}
