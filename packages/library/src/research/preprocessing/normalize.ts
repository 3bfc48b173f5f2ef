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
  if (wanted.numbers) stages.push((tracked) => columns(tracked, "normalize numbers", trail, plainNumber));
  if (wanted.dates) stages.push((tracked) => columns(tracked, "normalize dates", trail, plainDate));
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

/** Reads the texts of those columns in which nearly all filled values are, or can be read as, what is meant. */
function columns(
  all: readonly Tracked[],
  stage: string,
  trail: Trail,
  read: (text: string, name: string) => Json | undefined,
): readonly Tracked[] {
  trail.begin(stage);
  const counts = new Map<string, { fit: number; filled: number; texts: number }>();
  for (const { record } of all)
    for (const [name, value] of Object.entries(record)) {
      if (!isFilled(value)) continue;
      const count = counts.get(name) ?? { fit: 0, filled: 0, texts: 0 };
      counts.set(name, count);
      count.filled += 1;
      const isText = typeof value === "string";
      if (isText) count.texts += 1;
      if (isText ? read(value, name) !== undefined : typeof value === "number") count.fit += 1;
    }
  const isMeant = (name: string): boolean => {
    const count = counts.get(name);
    return count !== undefined && count.texts > 0 && count.fit >= columnShare * count.filled;
  };
  return all.map(({ index, record }) => ({
    index,
    record: readColumns({ index, record }, stage, trail, isMeant, read),
  }));
}

function readColumns(
  { index, record }: Tracked,
  stage: string,
  trail: Trail,
  isMeant: (name: string) => boolean,
  read: (text: string, name: string) => Json | undefined,
): JsonObject {
  return mapOf(record, (name, value) => {
    if (typeof value !== "string" || value === "" || !isMeant(name)) return value;
    const notes = trail.notes(stage, index);
    const made = read(value, name);
    if (made === undefined) notes.issue(name, value, "unlike the others of its field");
    else if (made !== value) notes.changed(name, value, made);
    return made ?? value;
  });
}

const style = { decimal: ".", units: {} } as const;

function plainNumber(text: string, name: string): number | undefined {
  if (nameLike.test(name) || /^[+-]?0\d/.test(text.trim())) return undefined;
  return readNumber(text, style);
}

/** Years alone stay as they are: among dates they are dates, elsewhere numbers of anything. Other digits alone are none. */
function plainDate(text: string): string | undefined {
  const given = text.trim();
  if (/^\d{4}$/.test(given)) return given;
  return /^\d+$/.test(given) ? undefined : readDate(given);
}
