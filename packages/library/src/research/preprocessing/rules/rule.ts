import type { Json, JsonObject } from "@nanobrain/engine";

/** What a rule tells of a record. Nothing of it is kept but counts and the first examples. */
export type RuleNotes = {
  changed(field: string, before: Json, after: Json | undefined): void;
  /** A value that the rule could not read; it stays unless the rule says otherwise. */
  issue(field: string, value: Json, problem: string): void;
};

/** What is left of a record: the record, or why it is dropped. */
export type RuleOutcome = JsonObject | { readonly dropped: string };

/** A rule ready to be applied to one record after another. */
export type Rule = {
  /** As the report names it: `3 trim`. */
  readonly label: string;
  apply(record: JsonObject, notes: RuleNotes): RuleOutcome;
  /** Set for a rule that looks at all records at once: fields by which records count as the same. */
  readonly dedupe?: readonly string[];
};

/** What `drop` in an outcome is known by: no record has this type. */
export function isDropped(outcome: RuleOutcome): outcome is { readonly dropped: string } {
  return droppedOutcomes.has(outcome);
}

const droppedOutcomes = new WeakSet<object>();

export function drop(reason: string): { readonly dropped: string } {
  const outcome = { dropped: reason };
  droppedOutcomes.add(outcome);
  return outcome;
}

/** What is wrong with a rule as it is written. */
export type RuleProblem = { readonly path: readonly (string | number)[]; readonly problem: string };
