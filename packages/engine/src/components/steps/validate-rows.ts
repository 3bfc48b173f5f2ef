import type { Json, JsonObject } from "../../contracts/json.js";
import { problemText, type SchemaProblem } from "../../expression/schema-words.js";

export type RowRules = {
  /** What the row schema says of a row. */
  check(row: Json): readonly SchemaProblem[];
  /** Fields that must be there, not null and not empty text. */
  readonly required: readonly string[];
  /** Each a list of fields whose values together may occur once. */
  readonly unique: readonly (readonly string[])[];
};

/** A row that was refused: where it stood, as it was, and all that is wrong with it. */
export type InvalidRow = { readonly index: number; readonly row: Json; readonly problems: readonly string[] };

/** `first`: places of the first five rows that have it. */
export type ProblemCount = { readonly problem: string; readonly count: number; readonly first: readonly number[] };

export type RowReport = {
  readonly rows: number;
  readonly valid: number;
  readonly invalid: number;
  readonly quality: number;
  readonly problems: readonly ProblemCount[];
};

export type ValidatedRows = {
  readonly valid: readonly Json[];
  readonly invalid: readonly InvalidRow[];
  readonly report: RowReport;
};

const MAX_COUNTED = 100;
const MAX_FIRST = 5;

/** Sorts rows into valid and invalid, in their order. Of rows that are equal where they must be unique the first counts as valid. */
export function validateRows(rows: readonly Json[], rules: RowRules): ValidatedRows {
  const valid: Json[] = [];
  const invalid: InvalidRow[] = [];
  const counts = new Map<string, { count: number; first: number[] }>();
  const seen = rules.unique.map(() => new Map<string, number>());
  for (const [index, row] of rows.entries()) {
    const problems = [
      ...rules.check(row),
      ...missing(row, rules.required),
      ...repeated(row, index, rules.unique, seen),
    ];
    if (problems.length === 0) {
      valid.push(row);
      continue;
    }
    invalid.push({ index, row, problems: problems.map(problemText) });
    for (const rule of new Set(problems.map(ruleOf))) count(counts, rule, index);
  }
  const quality = rows.length === 0 ? 1 : valid.length / rows.length;
  return {
    valid,
    invalid,
    report: { rows: rows.length, valid: valid.length, invalid: invalid.length, quality, problems: counted(counts) },
  };
}

/** The problem without the value that has it, so that equal faults count as one. */
function ruleOf(problem: SchemaProblem): string {
  return problemText({
    path: problem.path.replace(/\[\d+\]/g, "[]"),
    message: problem.message.replace(/, (is|has|as in row) [\s\S]*$/, ""),
  });
}

function count(counts: Map<string, { count: number; first: number[] }>, rule: string, index: number): void {
  const known = counts.get(rule);
  if (known === undefined) counts.set(rule, { count: 1, first: [index] });
  else {
    known.count++;
    if (known.first.length < MAX_FIRST) known.first.push(index);
  }
}

function counted(counts: ReadonlyMap<string, { count: number; first: number[] }>): ProblemCount[] {
  return [...counts]
    .map(([problem, { count, first }]) => ({ problem, count, first }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_COUNTED);
}

function fieldOf(row: Json, field: string): Json | undefined {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return undefined;
  return Object.hasOwn(row, field) ? (row as JsonObject)[field] : undefined;
}

function missing(row: Json, required: readonly string[]): SchemaProblem[] {
  return required.flatMap((field) => {
    const value = fieldOf(row, field);
    const isThere = value !== undefined && value !== null && !(typeof value === "string" && value.trim() === "");
    return isThere ? [] : [{ path: field, message: "must be filled in" }];
  });
}

function repeated(
  row: Json,
  index: number,
  unique: RowRules["unique"],
  seen: readonly Map<string, number>[],
): SchemaProblem[] {
  return unique.flatMap((fields, rule) => {
    const values = fields.map((field) => fieldOf(row, field) ?? null);
    if (values.every((value) => value === null)) return [];
    const key = JSON.stringify(values);
    const before = seen[rule]?.get(key);
    if (before === undefined) seen[rule]?.set(key, index);
    return before === undefined ? [] : [{ path: fields.join(", "), message: `must be unique, as in row ${before}` }];
  });
}
