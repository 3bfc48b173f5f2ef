import type { Balance } from "../model-config.js";
import type { EndpointState } from "./endpoint-state.js";

export type Weighed = { readonly weight: number; readonly state: EndpointState };

/** How often the one that was not used for longest is tried, so that what was measured of it does not grow old. */
const everyNth = 20;

/** The endpoint whose turn it is. */
export function chooseMember<T extends Weighed>(members: readonly [T, ...T[]], balance: Balance): T {
  switch (balance) {
    case "round_robin":
      return least(members, ({ state }) => state.lastUse);
    case "least_loaded":
      return least(members, ({ state, weight }) => state.inFlight / weight);
    case "weighted":
      return byWeight(members);
    case "adaptive":
      return byMeasure(members);
  }
}

/** Of equals, the one not used for longest. */
function least<T extends Weighed>(members: readonly [T, ...T[]], score: (member: T) => number): T {
  return members.reduce((best, member) => {
    const difference = score(member) - score(best) || member.state.lastUse - best.state.lastUse;
    return difference < 0 ? member : best;
  });
}

/** Each gains its weight, the richest is taken and pays for all: turns are mixed as evenly as can be. */
function byWeight<T extends Weighed>(members: readonly [T, ...T[]]): T {
  let total = 0;
  for (const { state, weight } of members) {
    state.credit += weight;
    total += weight;
  }
  const chosen = members.reduce((best, member) => (member.state.credit > best.state.credit ? member : best));
  chosen.state.credit -= total;
  return chosen;
}

/** Measured time, longer for each call under way and for failures; what is not measured yet comes first. */
function byMeasure<T extends Weighed>(members: readonly [T, ...T[]]): T {
  const newest = Math.max(...members.map(({ state }) => state.lastUse));
  const oldest = least(members, ({ state }) => state.lastUse);
  if (newest - oldest.state.lastUse >= everyNth * members.length) return oldest;
  return least(members, ({ state, weight }) => {
    const worked = Math.max(1 - state.failureShare, 0.05);
    return (
      ((state.latencyMs ?? 0) * (state.inFlight + 1)) / (worked * worked * weight) +
      (state.latencyMs === undefined ? state.inFlight : 0)
    );
  });
}
