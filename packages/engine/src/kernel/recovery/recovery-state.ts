import type { Failure } from "../../contracts/failure.js";
import type { Handle } from "../../contracts/handle.js";
import type { Plan } from "../../plan/plan.js";
import type { Cell, PortValues, RunEvent } from "../event.js";
import type { Errand, RunState, Timer } from "../state.js";

/*
 * What a run keeps to be able to go back, and what outlives going back.
 * C1. A checkpoint is never changed: restoring copies it again, as it may be restored several times. The next one uses up its copy of
 *     the run itself, unless a checkpoint of a run above holds on to it.
 * C2. Entries of undo logs are shared by all runs above and by all checkpoints; `undone` is a fact of the outside and is never restored.
 * C3. A run whose workflow is not restorable keeps nothing here.
 */

/** Copies of a run and of all runs below it that were open, with what they waited for. */
export type Checkpoint = {
  /** Number of the event it was taken at. */
  readonly to: number;
  readonly at: number;
  /** The run itself is the first. */
  readonly runs: readonly RunState[];
  readonly errands: readonly (readonly [key: string, errand: Errand])[];
  readonly timers: readonly Timer[];
  readonly reacting: readonly number[];
  /** Set when a checkpoint of a run above has taken it over, too: it stays as it is then. */
  shared: boolean;
};

/** A cell (of a loop: a round) that ended well: what undoing it, or doing it again, has to know. */
export type UndoEntry = {
  readonly cell: Cell;
  /** Position in `Plan.workflows`: its run may be gone. */
  readonly workflow: number;
  /** The same for the same work done again; see `cellKey`. */
  readonly key: string;
  readonly fallback: boolean;
  /** It is to be undone by its `on_rollback` component. */
  readonly hooked: boolean;
  readonly inputs: PortValues;
  readonly out: PortValues;
  readonly effects: ReadonlyMap<string, Handle> | undefined;
  readonly answer: KeptAnswer | undefined;
  /** Its `on_rollback` component has run. */
  undone: boolean;
};

/** What a person answered to which question (as text). */
export type KeptAnswer = { readonly question: string; readonly out: PortValues };

export type Rolling = {
  readonly to: number;
  readonly cause: Failure;
  /** The run stops once it is restored. */
  readonly stop: boolean;
  /** The `on_rollback` attempt under way: its event's number. */
  undoing: { readonly id: number; readonly entry: UndoEntry } | undefined;
};

export type RunRecovery = {
  checkpoint: Checkpoint | undefined;
  /** When the last one was, kept or not. */
  checkpointAt: number;
  /** Why a checkpoint is to be taken before anything else starts; empty: it is not. */
  wanted: string;
  /** Never restored. */
  rollbacks: number;
  /** Its last rollback was to stop there: tried again, it goes on from the checkpoint. */
  stopped: boolean;
  /** It failed with no rollback left: tried again, it starts anew. */
  spent: boolean;
  /** Since the checkpoint, oldest first. */
  readonly done: UndoEntry[];
  /** What came from outside since the checkpoint, for the run and the runs below it. */
  readonly outside: RunEvent[];
  rolling: Rolling | undefined;
  /** Since when only people are waited for; -1: they are not. */
  stillSince: number;
  /** Outputs that a rollback took back and that stay readable, by node. */
  readonly partial: Map<number, Handle>;
};

/** What outlives every rollback, by `cellKey`. */
export type TreeRecovery = {
  /** Some workflow of the plan is restorable. */
  readonly restorable: boolean;
  readonly generations: Map<string, number>;
  /** Results of effects of work that was rolled back and will be done again. */
  readonly effects: Map<string, ReadonlyMap<string, Handle>>;
  readonly answers: Map<string, KeptAnswer>;
  /** Where to look for cells that wait for a person. What is over is dropped when it is looked at. */
  readonly asking: Map<string, Cell>;
};

export function createRunRecovery(at: number): RunRecovery {
  return {
    checkpoint: undefined,
    checkpointAt: at,
    wanted: "",
    rollbacks: 0,
    stopped: false,
    spent: false,
    done: [],
    outside: [],
    rolling: undefined,
    stillSince: -1,
    partial: new Map(),
  };
}

/** A run that is resumed has all its rollbacks again. */
export function renewRecovery(run: RunState): void {
  run.recovery.rollbacks = 0;
  run.recovery.stopped = false;
  run.recovery.spent = false;
}

export function createTreeRecovery(plan: Plan): TreeRecovery {
  return {
    restorable: plan.workflows.some((workflow) => workflow.restorable),
    generations: new Map(),
    effects: new Map(),
    answers: new Map(),
    asking: new Map(),
  };
}

export function copyRunRecovery(recovery: RunRecovery): RunRecovery {
  if (recovery.checkpoint !== undefined) recovery.checkpoint.shared = true;
  return {
    ...recovery,
    done: recovery.done.slice(),
    outside: recovery.outside.slice(),
    rolling: recovery.rolling === undefined ? undefined : { ...recovery.rolling },
    partial: new Map(recovery.partial),
  };
}

/** As plain data, for comparing folds. */
export function snapshotRunRecovery(recovery: RunRecovery, snapshotRun: (run: RunState) => unknown): unknown {
  const { checkpoint, done, outside, rolling, partial, ...rest } = recovery;
  const { shared: _shared, ...kept } = checkpoint ?? { shared: false };
  return {
    ...rest,
    checkpoint: checkpoint && { ...kept, runs: checkpoint.runs.map(snapshotRun) },
    done: done.map(plainEntry),
    outside: outside.map((event) => event.seq),
    rolling: rolling && { ...rolling, undoing: rolling.undoing?.id },
    partial: [...partial],
  };
}

function plainEntry(entry: UndoEntry): unknown {
  return { ...entry, effects: [...(entry.effects ?? [])] };
}

export function snapshotTreeRecovery(recovery: TreeRecovery): unknown {
  return {
    generations: [...recovery.generations],
    effects: [...recovery.effects].map(([key, effects]) => [key, [...effects]]),
    answers: [...recovery.answers],
  };
}
