import type { Json } from "../contracts/json.js";
import type { ExpressStep, ExpressUnit, Feed, Source } from "./express-plan.js";
import { Several } from "./several.js";

type Values = readonly (Json | Several | undefined)[];

/** What a feed brings, of nodes that have all ended; undefined: nothing. */
export function feedValue(values: Values, feed: Feed): Json | undefined {
  if (feed.kind === "fixed") return feed.value;
  if (feed.kind === "one") {
    const value = givenOn(values, feed.from);
    return value === undefined ? feed.otherwise : value;
  }
  const list: Json[] = [];
  for (let i = 0; i < feed.from.length; i++) {
    const value = givenOn(values, feed.from[i] as Source);
    if (value === undefined) continue;
    if (feed.kind === "first") return value;
    list.push(value);
  }
  return list.length === 0 ? feed.otherwise : list;
}

/** What a node that has ended gave on a port; undefined: nothing. */
export function givenOn(values: Values, { node, port }: Source): Json | undefined {
  const value = values[node];
  return value instanceof Several ? value.ports[port] : value;
}

/** Something it cannot do without is absent. */
export function isBarren(values: Values, planned: ExpressStep | ExpressUnit): boolean {
  const inputs = "direct" in planned ? planned.inputs : planned.feed === undefined ? [] : [planned];
  for (const { required, feed } of inputs)
    if (required && feed !== undefined && feedValue(values, feed) === undefined) return true;
  return false;
}
