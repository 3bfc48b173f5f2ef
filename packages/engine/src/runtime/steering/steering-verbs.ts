import type { Json } from "../../contracts/json.js";
import type { RunHandle, Steered } from "../runtime.js";
import type { Wish } from "./steering.js";

export type SteeringVerbs = Pick<RunHandle, "pause" | "resume" | "cancel" | "trigger" | "answer" | "finish" | "set">;

/** The steering half of a run's handle, over one way to pass a wish on. `by`: who steers. */
export function steeringVerbs(steer: (wish: Wish) => Promise<Steered>, by: string): SteeringVerbs {
  return {
    pause: () => steer({ action: { type: "pause" }, by }),
    resume: () => steer({ action: { type: "unpause" }, by }),
    cancel: (reason = "asked for") => steer({ action: { type: "cancel", reason }, by }),
    trigger: (name: string, payload?: Json) =>
      steer({ action: { type: "trigger", name, ...(payload === undefined ? {} : { payload }) }, by }),
    answer: (step, value, who = by) => steer({ action: { type: "answer", step, value }, by: who }),
    finish: () => steer({ action: { type: "finish" }, by }),
    set: (unit, value) => steer({ action: { type: "set", unit, value }, by }),
  };
}
