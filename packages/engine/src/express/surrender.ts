import { endOf } from "./deadlines.js";
import type { ExpressPlan } from "./express-plan.js";
import type { Unfinished } from "./outside.js";
import { endingOf, type Flight } from "./scratch.js";

/** An attempt whose code was called, for the engine to go on with. */
export function surrender(plan: ExpressPlan, flight: Flight, id: number): Unfinished {
  const { node, call, beganMs } = flight;
  return { node, id, call, beganMs, ending: endingOf(flight), endsAtMs: endOf(plan, flight) };
}
