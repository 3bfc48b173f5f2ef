import type { Json, JsonObject } from "@nanobrain/engine";
import { arxivIdOf, doiOf, pmcidOf, pmidOf } from "../literature/identifiers.js";
import { changeFields, fieldGlob, isFilled, mapOf } from "./rules/field-glob.js";
import { readDate } from "./rules/read-date.js";
import { readNumber } from "./rules/read-number.js";
import type { Tracked, Trail } from "./trail.js";

export type Normalization = {
  readonly text: boolean;
  readonly missing: boolean;
  readonly identifiers: boolean;
  readonly numbers: boolean;
  readonly dates: boolean;
};

const everywhere = [fieldGlob("*")];
const missingWords = new Set(["", "n/a", "#n/a", "nan", "null", "undefined", "-", "--", "?"]);

/** Texts with these names are names of things, however much they look like numbers. */
const nameLike =
  /(^|[\s_-])(id|pmid|pmcid|doi|isbn|issn|orcid|zip|postcode|phone|code|key|version|pages?|volume|issue)$/i;

/** Share of a column's filled values from which on the others are taken to be meant the same way. */
const columnShare = 0.9;

/** Before the rules: texts in one form, and null for words for nothing, so that rules see what is missing. */
export function normalizeTexts(all: readonly Tracked[], wanted: Normalization, trail: Trail): readonly Tracked[] {
  return normalize(all, { ...wanted, identifiers: false, numbers: false, dates: false }, trail);
}

/** Makes alike what is written in several ways, column by column. What cannot be read stays, as an issue where it should be readable. */
export function normalize(all: readonly Tracked[], wanted: Normalization, trail: Trail): readonly Tracked[] {
  const stages: ((tracked: readonly Tracked[]) => readonly Tracked[])[] = [];
  if (wanted.text)
    stages.push((tracked) => eachText(tracked, "normalize text", trail, (text) => text.normalize("NFC").trim()));
  if (wanted.missing) stages.push((tracked) => eachText(tracked, "normalize missing", trail, withoutMissing));
  if (wanted.identifiers) stages.push((tracked) => tracked.map((each) => identified(each, trail)));
  if (wanted.numbers) stages.push((tracked) => columns(tracked, "normalize numbers", trail, plainNumbers));
  if (wanted.dates) stages.push((tracked) => columns(tracked, "normalize dates", trail, [plainDate]));
  return stages.reduce((tracked, stage) => stage(tracked), all);
}

const withoutMissing = (text: string): Json => (missingWords.has(text.toLowerCase()) ? null : text);

function eachText(
  all: readonly Tracked[],
  stage: string,
  trail: Trail,
  mend: (text: string) => Json,
): readonly Tracked[] {
  trail.begin(stage);
  return all.map(({ index, record }) => {
    const notes = trail.notes(stage, index);
    const after = changeFields(record, everywhere, (value, path) => {
      if (typeof value !== "string") return value;
      const made = mend(value);
      if (made !== value) notes.changed(path(), value, made);
      return made;
    });
    return { index, record: after };
  });
}

const identifiers = new Map<string, (text: string) => string | undefined>([
  ["doi", doiOf],
  ["pmid", pmidOf],
  ["pmcid", pmcidOf],
  ["arxiv_id", arxivIdOf],
]);

function identified({ index, record }: Tracked, trail: Trail): Tracked {
  const notes = trail.notes("normalize identifiers", index);
  const after = mapOf(record, (name, value) => {
    const read = identifiers.get(name.toLowerCase());
    if (read === undefined || (typeof value !== "string" && typeof value !== "number")) return value;
    const made = read(String(value));
    if (made === undefined) {
      notes.issue(name, value, `no ${name} that can be read`);
      return value;
    }
    if (made !== value) notes.changed(name, value, made);
    return made;
  });
  return { index, record: after };
}

type Read = (text: string, name: string) => Json | undefined;
type Column = { filled: number; texts: number; fits: number[] };

/**
 * Reads the texts of those columns in which nearly all filled values are, or can be read as, what is meant. Of several ways to read
 * a column has the one that fits most of its values, the first of equals.
 */
function columns(all: readonly Tracked[], stage: string, trail: Trail, ways: readonly Read[]): readonly Tracked[] {
  trail.begin(stage);
  const counts = new Map<string, Column>();
  for (const { record } of all)
    for (const [name, value] of Object.entries(record)) {
      if (!isFilled(value)) continue;
      const count = counts.get(name) ?? { filled: 0, texts: 0, fits: ways.map(() => 0) };
      counts.set(name, count);
      countValue(count, name, value, ways);
    }
  const chosen = new Map<string, Read>();
  for (const [name, { filled, texts, fits }] of counts) {
    const most = Math.max(...fits);
    const way = ways[fits.indexOf(most)];
    if (texts > 0 && most >= columnShare * filled && way !== undefined) chosen.set(name, way);
  }
  return all.map(({ index, record }) => ({ index, record: readColumns({ index, record }, stage, trail, chosen) }));
}

function countValue(count: Column, name: string, value: Json, ways: readonly Read[]): void {
  count.filled += 1;
  const isText = typeof value === "string";
  if (isText) count.texts += 1;
  for (const [at, read] of ways.entries())
    if (isText ? read(value, name) !== undefined : typeof value === "number")
      count.fits[at] = (count.fits[at] ?? 0) + 1;
}

function readColumns(
  { index, record }: Tracked,
  stage: string,
  trail: Trail,
  chosen: ReadonlyMap<string, Read>,
): JsonObject {
  return mapOf(record, (name, value) => {
    const read = chosen.get(name);
    if (typeof value !== "string" || value === "" || read === undefined) return value;
    const notes = trail.notes(stage, index);
    const made = read(value, name);
    if (made === undefined) notes.issue(name, value, "unlike the others of its field");
    else if (made !== value) notes.changed(name, value, made);
    return made ?? value;
  });
}

/** A column with `1,5` in it has decimal commas throughout. Where it cannot be told, as with `1,234` alone, a comma groups. */
const plainNumbers: readonly Read[] = ([".", ","] as const).map((decimal) => (text, name) => {
  if (nameLike.test(name) || /^[+-]?0\d/.test(text.trim())) return undefined;
  return readNumber(text, { decimal, units: {} });
});

/** Years alone stay as they are: among dates they are dates, elsewhere numbers of anything. Other digits alone are none. */
function plainDate(text: string): string | undefined {
  const given = text.trim();
  if (/^\d{4}$/.test(given)) return given;
  return /^\d+$/.test(given) ? undefined : readDate(given);
}
