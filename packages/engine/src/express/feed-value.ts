import type { Json } from "../contracts/json.js";
import type { Feed } from "./express-plan.js";
import { Several } from "./several.js";

/** What a feed brings, of nodes that have all ended; undefined: nothing. */
export function feedValue(values: readonly (Json | Several | undefined)[], feed: Feed): Json | undefined {
  if (feed.kind === "one") return given(values, feed.node, feed.port);
  if (feed.kind === "fixed") return feed.value;
  const list: Json[] = [];
  for (let i = 0; i < feed.from.length; i++) {
    const from = feed.from[i];
    const value = from === undefined ? undefined : given(values, from.node, from.port);
    if (value !== undefined) list.push(value);
  }
  return list;
}

function given(values: readonly (Json | Several | undefined)[], node: number, port: string): Json | undefined {
  const value = values[node];
  return value instanceof Several ? value.ports[port] : value;
}
