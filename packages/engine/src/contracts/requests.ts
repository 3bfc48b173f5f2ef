import type { Json, JsonObject } from "./json.js";

/** What a run can be asked for from outside. `step`: a path such as `outer[3]/approve`; `unit` and `name` may have one before them. */
export type SteeringAction =
  | { readonly type: "pause" }
  | { readonly type: "unpause" }
  | { readonly type: "cancel"; readonly reason: string }
  | { readonly type: "finish" }
  | { readonly type: "trigger"; readonly name: string; readonly payload?: Json }
  | { readonly type: "answer"; readonly step: string; readonly value: Json }
  | { readonly type: "set"; readonly unit: string; readonly value: Json };

/** Put into the store for whoever drives the run. `id`: letters, digits, `-` and `_`; ids sort by time. `at` is epoch ms. */
export type SteeringRequest = {
  readonly id: string;
  readonly runId: string;
  readonly at: number;
  /** Who asks, for the journal. */
  readonly by: string;
  readonly action: SteeringAction;
};

/**
 * `done`: it is in the journal. `nothing`: it was so already. `refused`: the code and details of the error that the one who
 * asked gets.
 */
export type SteeringAnswer =
  | { readonly status: "done" | "nothing"; readonly text: string }
  | { readonly status: "refused"; readonly code: string; readonly details: JsonObject; readonly hint?: string };

/**
 * Letters between processes on one store. I1 what `post` and `settle` answered survives power loss; I2 a request is listed
 * until it is settled; I3 it is settled once: the first answer stands.
 */
export interface Requests {
  post(request: SteeringRequest): Promise<void>;
  /** Requests nobody has settled, oldest first; of one run, or of all. */
  list(runId?: string): Promise<readonly SteeringRequest[]>;
  settle(id: string, answer: SteeringAnswer): Promise<void>;
  /** Undefined: not settled yet, or not known (any more). */
  answer(id: string): Promise<SteeringAnswer | undefined>;
  /** The answer was read: nothing of the request stays. */
  forget(id: string): Promise<void>;
  /** Calls back when requests or answers may have come, at no cost in between. Returns the way to stop. */
  watch(listener: () => void): () => void;
}
