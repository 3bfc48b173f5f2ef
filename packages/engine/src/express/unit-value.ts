import type { Json } from "../contracts/json.js";
import type { ExpressPlan, ExpressUnit } from "./express-plan.js";
import { feedValue, sourceValue, type Values } from "./feed-value.js";
import { REFUSED } from "./ports.js";

/** What a unit receives, all that it waits for having ended; undefined: nothing. `given`: what the run was. */
export function unitValue(
  plan: ExpressPlan,
  node: number,
  values: Values,
  given: { readonly [unit: string]: Json },
): Json | undefined | typeof REFUSED {
  const { firstFeed, feedStart, needsLook } = plan;
  const feed = firstFeed[node] ?? 0;
  const start = feedStart[feed] ?? 0;
  const isGiven = start === feedStart[feed + 1];
  const value = isGiven ? undefined : sourceValue(values, plan, start);
  if (value !== undefined || needsLook[node] !== 1) return value;
  const unit = plan.nodes[node] as ExpressUnit;
  const own = isGiven ? given[unit.name] : undefined;
  const found = own === undefined ? feedValue(values, plan, unit.feed) : own;
  return found === undefined && (unit.required || isGiven) ? REFUSED : found;
}
