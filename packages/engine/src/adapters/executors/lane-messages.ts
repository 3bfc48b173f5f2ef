import type { AttemptOutcome, AttemptRequest } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { StepCodeSpec } from "../../contracts/step-code.js";

/** What a lane is started with. */
export type LaneStart = { readonly code: StepCodeSpec };

/** `job` counts the attempts of one lane, so that what an earlier one left behind is told apart. */
export type ToLane =
  | { readonly type: "run"; readonly job: number; readonly request: AttemptRequest }
  | { readonly type: "abort"; readonly job: number; readonly reason: Failure }
  | { readonly type: "answer"; readonly call: number; readonly value?: unknown; readonly failure?: Failure };

/** What a lane asks of its host: `effect`, `emit`, or a method of Blobs. */
export type LaneCall = {
  readonly type: "call";
  readonly job: number;
  readonly call: number;
  readonly method: "effect" | "emit" | "put" | "putFile" | "get" | "has" | "path";
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
  | { readonly type: "progress"; readonly job: number; readonly fraction: number | null; readonly note: string }
  /** `leftovers`: timers, sockets or the like that the attempt left running. */
  | {
      readonly type: "done";
      readonly job: number;
      readonly outcome: AttemptOutcome;
      readonly leftovers: readonly string[];
    };
