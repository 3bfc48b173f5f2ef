import type { AttemptOutcome, AttemptRequest } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { StepCodeSpec } from "../../contracts/step-code.js";

/** What a lane is started with. `claims`: the memory in which it says what it has begun, where memory can be shared. */
export type LaneStart = { readonly code: StepCodeSpec; readonly claims?: SharedArrayBuffer };

/** An attempt; what it has in common with others is sent once, and named by its number. */
export type LaneJob = {
  readonly job: number;
  readonly component: number;
  readonly folders: number;
  readonly request: Omit<AttemptRequest, "component" | "folders">;
};

/** Numbered from 0 in the order they were sent. */
export type LaneCommons = {
  readonly components: readonly AttemptRequest["component"][];
  readonly folders: readonly AttemptRequest["folders"][];
};

/** `job` counts the attempts of one lane, so that what an earlier one left behind is told apart. */
export type ToLane =
  /** `fresh`: what was sent before is forgotten. The jobs are run one after the other. */
  | { readonly type: "run"; readonly fresh: boolean; readonly commons: LaneCommons; readonly jobs: readonly LaneJob[] }
  | { readonly type: "abort"; readonly job: number; readonly reason: Failure }
  | { readonly type: "answer"; readonly call: number; readonly value?: unknown; readonly failure?: Failure };

/** What a lane asks of its host: `effect`, `emit`, `callWorkflow`, or a method of Blobs. */
export type LaneCall = {
  readonly type: "call";
  readonly job: number;
  readonly call: number;
  readonly method: "effect" | "emit" | "callWorkflow" | "put" | "putFile" | "get" | "has" | "path";
  readonly args: readonly unknown[];
};

export type FromLane =
  | LaneCall
  | {
      readonly type: "log";
      readonly job: number;
      readonly level: "debug" | "info" | "warn" | "error";
      readonly text: string;
    }
  | { readonly type: "warn"; readonly job: number; readonly text: string }
  | { readonly type: "progress"; readonly job: number; readonly fraction: number | null; readonly note: string }
  | { readonly type: "done"; readonly ends: readonly LaneEnd[] };

/** `leftovers`: timers, sockets or the like that the attempt left running. */
export type LaneEnd = { readonly job: number; readonly outcome: AttemptOutcome; readonly leftovers: readonly string[] };
