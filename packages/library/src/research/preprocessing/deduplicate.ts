import type { Json, JsonObject } from "@nanobrain/engine";
import { canonicalJson } from "@nanobrain/engine/steps";
import { nearDuplicates } from "./near-duplicates.js";
import { fieldOf, isFilled } from "./rules/field-glob.js";
import { isMap } from "./rules/rule-options.js";
import type { Tracked, Trail } from "./trail.js";

export type Deduplication = {
  /** Equal in all fields. */
  readonly exact: boolean;
  /** Lists of fields: records whose values there are filled and equal are the same. */
  readonly keys: readonly (readonly string[])[];
  /** Absent: not looked for. Without `fields` all texts of a record are compared, and all its other values must be equal. */
  readonly near?: { readonly fields?: readonly string[]; readonly threshold: number };
  /** Fields that do not count, such as running numbers. */
  readonly ignore: readonly string[];
};

type Candidate = Tracked & { readonly text: string; readonly filled: number };

/**
 * Keeps one record of each that is there several times: the one with most filled fields, then the one whose text comes first.
 * What is kept does not depend on the order of the input; kept records stay in it.
 */
export function deduplicate(
  all: readonly Tracked[],
  wanted: Deduplication,
  trail: Trail,
  stage = "duplicate",
): readonly Tracked[] {
  trail.begin(stage);
  const dropped = new Set<number>();
  const drop = (duplicate: Candidate, kept: Candidate, reason: string): void => {
    dropped.add(duplicate.index);
    trail.drop(stage, { index: duplicate.index, reason, record: duplicate.record, duplicate_of: kept.index });
  };
  let candidates = ranked(all, wanted.ignore);
  if (wanted.exact) candidates = byKey(candidates, ({ text }) => text, "equal in all fields", drop);
  for (const fields of wanted.keys)
    candidates = byKey(candidates, ({ record }) => keyOf(record, fields), `equal ${fields.join(", ")}`, drop);
  if (wanted.near !== undefined) byText(candidates, wanted, wanted.near, trail, stage, drop);
  return all.filter(({ index }) => !dropped.has(index));
}

/** Best first, in an order that depends on nothing but what the records hold. */
function ranked(all: readonly Tracked[], ignore: readonly string[]): readonly Candidate[] {
  return all
    .map(({ index, record }) => {
      const kept =
        ignore.length === 0
          ? record
          : Object.fromEntries(Object.entries(record).filter(([name]) => !ignore.includes(name)));
      return { index, record, text: canonicalJson(kept), filled: Object.values(record).filter(isFilled).length };
    })
    .sort(
      (a, b) =>
        b.filled - a.filled || (a.text < b.text ? -1 : a.text > b.text ? 1 : ignored(a, b) || a.index - b.index),
    );
}

/** Records that differ in ignored fields only. */
function ignored(a: Candidate, b: Candidate): number {
  const [left, right] = [canonicalJson(a.record), canonicalJson(b.record)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function byKey(
  candidates: readonly Candidate[],
  key: (candidate: Candidate) => string | undefined,
  reason: string,
  drop: (duplicate: Candidate, kept: Candidate, reason: string) => void,
): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  return candidates.filter((candidate) => {
    const value = key(candidate);
    if (value === undefined) return true;
    const kept = first.get(value);
    if (kept === undefined) first.set(value, candidate);
    else drop(candidate, kept, reason);
    return kept === undefined;
  });
}

function keyOf(record: JsonObject, fields: readonly string[]): string | undefined {
  const values = fields.map((name) => fieldOf(record, name));
  if (!values.every(isFilled)) return undefined;
  return canonicalJson(values.map((value) => (typeof value === "string" ? value.trim().toLowerCase() : value)) as Json);
}

function byText(
  candidates: readonly Candidate[],
  { ignore }: Deduplication,
  near: NonNullable<Deduplication["near"]>,
  trail: Trail,
  stage: string,
  drop: (duplicate: Candidate, kept: Candidate, reason: string) => void,
): void {
  const { fields, threshold } = near;
  const texts = candidates.map(({ record }) => textOf(record, fields, ignore));
  const blocks = candidates.map(({ record }) => (fields === undefined ? restOf(record, ignore) : ""));
  const { duplicateOf, givenUp } = nearDuplicates(texts, blocks, threshold);
  for (const [at, other] of duplicateOf) {
    const [duplicate, kept] = [candidates[at], candidates[other]];
    if (duplicate !== undefined && kept !== undefined)
      drop(duplicate, kept, `nearly equal ${fields === undefined ? "in all texts" : fields.join(", ")}`);
  }
  if (givenUp > 0) {
    const problem = `${givenUp} records are like too many others to be compared with all of them`;
    trail.notes(stage, -1).issue("", null, problem);
  }
}

function textOf(record: JsonObject, fields: readonly string[] | undefined, ignore: readonly string[]): string {
  if (fields !== undefined)
    return fields
      .map((name) => String(plain(fieldOf(record, name))))
      .join(" ")
      .trim();
  return Object.entries(record)
    .filter(([name, value]) => typeof value === "string" && !ignore.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => String(value))
    .join(" \u00b6 ");
}

function plain(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return Array.isArray(value) || isMap(value) ? canonicalJson(value) : String(value);
}

/** All that is no text: where two records differ in it, they are not the same. */
function restOf(record: JsonObject, ignore: readonly string[]): string {
  const rest = Object.entries(record).filter(
    ([name, value]) => typeof value !== "string" && isFilled(value) && !ignore.includes(name),
  );
  return canonicalJson(Object.fromEntries(rest));
}
