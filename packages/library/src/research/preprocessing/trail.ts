import type { Json, JsonObject } from "@nanobrain/engine";
import type { RuleNotes } from "./rules/rule.js";

/** A record on its way, with its place in the input. */
export type Tracked = { readonly index: number; readonly record: JsonObject };

export type Dropped = {
  /** Place in the input, from 0. */
  readonly index: number;
  /** What dropped it: a rule's label, `input`, `empty`, `duplicate`, `outlier`. */
  readonly by: string;
  readonly reason: string;
  readonly record: Json;
  /** Of a duplicate: the place of the record that is kept. */
  readonly duplicate_of?: number;
};

type Stage = {
  changed: number;
  dropped: number;
  issues: number;
  readonly records: Set<number>;
  readonly examples: JsonObject[];
  readonly problems: Map<string, number>;
};

const maxExamples = 3;
const maxProblems = 20;
const shownLength = 120;

/** Who changed, doubted and dropped what. Counts are whole; examples are the first few. */
export type Trail = {
  readonly dropped: readonly Dropped[];
  /** Places of records with a value that could not be read. */
  readonly doubtful: ReadonlySet<number>;
  /** Notes for a stage about a record. */
  notes(stage: string, index: number): RuleNotes;
  drop(stage: string, dropped: Omit<Dropped, "by">): void;
  /** Stages in the order in which they were first told of, for the report. */
  stages(): readonly JsonObject[];
  begin(stage: string): void;
};

export function createTrail(): Trail {
  const stages = new Map<string, Stage>();
  const dropped: Dropped[] = [];
  const doubtful = new Set<number>();
  const stageOf = (name: string): Stage => {
    const known = stages.get(name);
    if (known !== undefined) return known;
    const made = { changed: 0, dropped: 0, issues: 0, records: new Set<number>(), examples: [], problems: new Map() };
    stages.set(name, made);
    return made;
  };
  return {
    dropped,
    doubtful,
    begin: (name) => void stageOf(name),
    notes: (name, index) => {
      const stage = stageOf(name);
      const example = (made: () => JsonObject): void => {
        if (stage.examples.length < maxExamples) stage.examples.push({ index, ...made() });
      };
      return {
        changed: (field, before, after) => {
          stage.changed += 1;
          stage.records.add(index);
          example(() => ({ field, before: shown(before), ...(after === undefined ? {} : { after: shown(after) }) }));
        },
        issue: (field, value, problem) => {
          stage.issues += 1;
          if (index >= 0) doubtful.add(index);
          const key = `${field.replace(/\[\d+\]/g, "[]")}: ${problem}`;
          if (stage.problems.has(key) || stage.problems.size < maxProblems)
            stage.problems.set(key, (stage.problems.get(key) ?? 0) + 1);
          example(() => ({ field, value: shown(value), problem }));
        },
      };
    },
    drop: (name, given) => {
      stageOf(name).dropped += 1;
      dropped.push({ by: name, ...given });
    },
    stages: () => [...stages].map(([name, stage]) => described(name, stage)),
  };
}

function described(name: string, stage: Stage): JsonObject {
  const problems = [...stage.problems].map(([problem, count]) => ({ problem, count }));
  return {
    step: name,
    changed: stage.changed,
    records: stage.records.size,
    dropped: stage.dropped,
    issues: stage.issues,
    ...(problems.length === 0 ? {} : { problems }),
    ...(stage.examples.length === 0 ? {} : { examples: stage.examples }),
  };
}

/** A value in few characters. */
export function shown(value: Json): Json {
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  const text = typeof value === "string" ? value : Array.isArray(value) ? `a list of ${value.length}` : "a map";
  return text.length > shownLength ? `${text.slice(0, shownLength - 3)}...` : text;
}
