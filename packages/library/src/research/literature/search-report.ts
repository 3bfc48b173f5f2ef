import type { JsonObject } from "@nanobrain/engine";
import type { EngineFindings } from "./ask-engine.js";
import type { LiteratureConfig } from "./literature-config.js";
import type { LiteratureRecord } from "./literature-record.js";
import type { SearchRequest } from "./search-request.js";
import type { Selection } from "./select-records.js";

/** Dropped records that the report lists; it counts them all. */
const mostListed = 200;

export function searchReport(
  requests: readonly SearchRequest[],
  findings: readonly EngineFindings[],
  works: readonly LiteratureRecord[],
  selection: Selection,
  config: LiteratureConfig,
  searchedAtMs: number,
): JsonObject {
  const taken = findings.reduce((sum, each) => sum + each.records.length, 0);
  const poor = works.filter((record) => record.quality.score < config.quality_threshold).length;
  const scores = selection.kept.map((record) => record.quality.score);
  return {
    queries: requests.map(({ text, fromYear, toYear }) => ({
      query: text,
      ...(fromYear === undefined ? {} : { from_year: fromYear }),
      ...(toYear === undefined ? {} : { to_year: toYear }),
    })),
    searched_at: new Date(searchedAtMs).toISOString(),
    engines: Object.fromEntries(findings.map((each) => [each.key, engineReport(each, works, selection)])),
    taken,
    duplicates: taken - works.length,
    works: works.length,
    below_threshold: poor,
    over_max_results: selection.dropped.length - poor,
    results: selection.kept.length,
    quality: {
      threshold: config.quality_threshold,
      ...(scores.length === 0 ? {} : { best: Math.max(...scores), worst: Math.min(...scores), mean: mean(scores) }),
    },
    dropped: selection.dropped.slice(0, mostListed),
  };
}

function engineReport(each: EngineFindings, works: readonly LiteratureRecord[], selection: Selection): JsonObject {
  const name = each.records[0]?.engine;
  const of = (records: readonly LiteratureRecord[]): number =>
    name === undefined ? 0 : records.filter((record) => record.sources.includes(name)).length;
  return {
    service: each.service,
    status: each.failure === undefined ? "ok" : each.records.length > 0 ? "partial" : "failed",
    found: each.found,
    taken: each.records.length,
    works: of(works),
    results: of(selection.kept),
    unreadable: each.unreadable,
    requests: each.requests,
    warnings: each.warnings,
    ...(each.failure === undefined ? {} : { error: { code: each.failure.code, message: each.failure.message } }),
  };
}

const mean = (values: readonly number[]): number =>
  Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1000) / 1000;
