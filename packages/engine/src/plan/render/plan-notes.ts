/** What is known of a step before a run: whether it would run, and why. */
export type PlanNote = {
  readonly action: "run" | "cached";
  readonly reason: string;
  /** From earlier runs. */
  readonly predictedMs?: number;
};

/** By path: `step`, or `outer/inner` inside a nested workflow. Steps without a note run. */
export type PlanNotes = ReadonlyMap<string, PlanNote>;

const unknown: PlanNote = { action: "run", reason: "nothing is known of it" };

export function noteOf(notes: PlanNotes, path: string): PlanNote {
  return notes.get(path) ?? unknown;
}
