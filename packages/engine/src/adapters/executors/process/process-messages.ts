import type { Failure } from "../../../contracts/failure.js";
import type { FromLane, LaneStart, ToLane } from "../lane-messages.js";

/** The first message says where the code is. */
export type ToProcess = ToLane | ({ readonly type: "start" } & LaneStart);

export type FromProcess =
  | FromLane
  /** The code of components is loaded. */
  | { readonly type: "ready" }
  /** An error that nobody caught; the process ends with it. */
  | { readonly type: "fatal"; readonly failure: Failure };
