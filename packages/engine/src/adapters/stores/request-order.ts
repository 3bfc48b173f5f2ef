import type { SteeringRequest } from "../../contracts/requests.js";

/** Oldest first; of one moment, by id. */
export function inOrder(requests: readonly SteeringRequest[]): SteeringRequest[] {
  return [...requests].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}
