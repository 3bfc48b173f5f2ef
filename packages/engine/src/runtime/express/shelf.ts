import type { Json } from "../../contracts/json.js";
import type { KeptRun } from "../../contracts/kept-run.js";
import type { RunRecord } from "../../contracts/store.js";
import type { ExpressPlan } from "../../express/express-plan.js";
import type { ExpressRun } from "../../express/express-run.js";
import type { LaneRun } from "../../express/lane-run.js";
import type { ExpressDisk } from "../../express/outside.js";
import type { Plan } from "../../plan/plan.js";

/** What a shelf asks of a run whose journal lies there, and what it tells it. */
export type Shelved = {
  run(): ExpressRun;
  record(): RunRecord;
  /** Its journal cannot be written any more. */
  lost(error: unknown): void;
};

/** The place of one run's journal. */
export type ShelfPlace = {
  readonly disk?: ExpressDisk;
  /** The run is in the store when this returns or resolves. Fails with E_RUN_EXISTS. */
  add(run: LaneRun, kept: KeptRun, plan: Plan): void | Promise<void>;
  /** All that the run has journaled, which has stopped, is in the store. Rejects when it cannot be. */
  settled(): Promise<void>;
  /** From now on its driver writes the journal. */
  handedOver(record: RunRecord): Promise<void>;
};

/** Where the journals of runs on the express way lie. */
export type Shelf = {
  /** Runs of the plan may go the express way. */
  takesPlan(plan: Plan): boolean;
  /** The inputs can stand in a journal here. */
  takesInputs(inputs: { readonly [unit: string]: Json }): boolean;
  place(plan: ExpressPlan, shelved: Shelved): ShelfPlace;
  /** For a run whose nodes take place many times. Absent: none may lie here. */
  placeOfStream?(): ShelfPlace;
};
