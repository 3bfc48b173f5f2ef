import type { ExpressPlan, ExpressStep, ExpressUnit } from "./express-plan.js";
import { feedValue, givenOn, type Values } from "./feed-value.js";

/** Something it cannot do without is absent. */
function isBarren(values: Values, plan: ExpressPlan, planned: ExpressStep | ExpressUnit): boolean {
  for (const { required, feed } of "direct" in planned ? planned.inputs : [planned])
    if (required && feed.end > feed.start && feedValue(values, plan, feed) === undefined) return true;
  return false;
}

/**
 * Whether the end of a node makes another one ready that lacks something. `need`: what each node waited for before. `odd`: 1 for
 * those that nothing came to over one of their links.
 */
export function makesBarren(
  plan: ExpressPlan,
  values: Values,
  need: Int32Array,
  odd: Uint8Array,
  node: number,
): boolean {
  const { nextStart, next, nodes } = plan;
  const end = nextStart[node + 1] ?? 0;
  for (let at = nextStart[node] ?? 0; at < end; at++) {
    const target = next[at] ?? 0;
    if (odd[target] === 0) continue;
    const first = at;
    // Links to one target lie side by side.
    while (at + 1 < end && next[at + 1] === target) at++;
    const planned = nodes[target];
    if (need[target] === at - first + 1 && planned !== undefined && isBarren(values, plan, planned)) return true;
  }
  return false;
}

/** `odd` with those that nothing comes to over one of the links of a node which has ended, where that matters. Made when there is one. */
export function withLacks(
  plan: ExpressPlan,
  values: Values,
  odd: Uint8Array | undefined,
  node: number,
): Uint8Array | undefined {
  const { nextStart, next, needsLook } = plan;
  const end = nextStart[node + 1] ?? 0;
  for (let at = nextStart[node] ?? 0; at < end; at++)
    if (needsLook[next[at] ?? 0] === 1) return withLinksOf(plan, values, odd, node);
  return odd;
}

function withLinksOf(
  { workflow: { nodes, links } }: ExpressPlan,
  values: Values,
  odd: Uint8Array | undefined,
  node: number,
): Uint8Array | undefined {
  let marked = odd;
  for (const link of nodes[node]?.outLinks ?? []) {
    const planned = links[link];
    if (planned === undefined || givenOn(values, node, planned.from.port) !== undefined) continue;
    marked ??= new Uint8Array(nodes.length);
    marked[planned.to.node] = 1;
  }
  return marked;
}
