import type { Json } from "../contracts/json.js";
import type { ExpressPlan, Feed } from "./express-plan.js";
import { Several } from "./several.js";

/** By node: the value of its only port, or several; undefined: nothing, or not yet. */
export type Values = readonly (Json | Several | undefined)[];

/** What a feed brings, of nodes that have all ended; undefined: nothing. */
export function feedValue(values: Values, plan: ExpressPlan, feed: Feed): Json | undefined {
  return broughtValue(values, plan, feed, feed.start, feed.end);
}

/** What a feed like this one brings from these sources. */
export function broughtValue(
  values: Values,
  plan: ExpressPlan,
  like: Feed,
  start: number,
  end: number,
): Json | undefined {
  if (like.isList) return listOf(values, plan, start, end) ?? like.otherwise;
  for (let at = start; at < end; at++) {
    const value = sourceValue(values, plan, at);
    if (value !== undefined) return value;
  }
  return like.otherwise;
}

function listOf(values: Values, plan: ExpressPlan, start: number, end: number): Json | undefined {
  const list = new Array<Json>(end - start);
  let count = 0;
  for (let at = start; at < end; at++) {
    const value = sourceValue(values, plan, at);
    if (value !== undefined) list[count++] = value;
  }
  if (count < list.length) list.length = count;
  return count === 0 ? undefined : list;
}

/** What a source gave, which has ended; undefined: nothing on the port that it is taken from. */
export function sourceValue(values: Values, plan: ExpressPlan, at: number): Json | undefined {
  const value = values[plan.sources[at] ?? 0];
  return value instanceof Several ? value.ports[plan.sourcePorts[at] ?? ""] : value;
}

/** What a node that has ended gave on a port; undefined: nothing. */
export function givenOn(values: Values, node: number, port: string): Json | undefined {
  const value = values[node];
  return value instanceof Several ? value.ports[port] : value;
}
