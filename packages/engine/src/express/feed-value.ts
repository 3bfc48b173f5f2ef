import type { Json } from "../contracts/json.js";
import type { ExpressPlan, Feed } from "./express-plan.js";
import { Several } from "./several.js";

/** By node: the value of its only port, or several; undefined: nothing, or not yet. */
export type Values = readonly (Json | Several | undefined)[];

/** What a feed brings, of nodes that have all ended; undefined: nothing. */
export function feedValue(values: Values, plan: ExpressPlan, feed: Feed): Json | undefined {
  if (feed.isList) return listOf(values, plan, feed);
  for (let at = feed.start; at < feed.end; at++) {
    const value = sourceValue(values, plan, at);
    if (value !== undefined) return value;
  }
  return feed.otherwise;
}

function listOf(values: Values, plan: ExpressPlan, feed: Feed): Json | undefined {
  const list: Json[] = [];
  for (let at = feed.start; at < feed.end; at++) {
    const value = sourceValue(values, plan, at);
    if (value !== undefined) list.push(value);
  }
  return list.length === 0 ? feed.otherwise : list;
}

function sourceValue(values: Values, plan: ExpressPlan, at: number): Json | undefined {
  const value = values[plan.sources[at] ?? 0];
  return value instanceof Several ? value.ports[plan.sourcePorts[at] ?? ""] : value;
}

/** What a node that has ended gave on a port; undefined: nothing. */
export function givenOn(values: Values, node: number, port: string): Json | undefined {
  const value = values[node];
  return value instanceof Several ? value.ports[port] : value;
}
