import { fault, type Scope } from "./compilation.js";
import { knots, shortestCycle } from "./cycles.js";
import type { Draft } from "./draft.js";
import { type Edge, edgesOf, makeGraph } from "./graph.js";
import { type Order, orderNodes } from "./order.js";

/**
 * The order of a workflow. Cycles are faults, printed, unless they pass an `each` port or a triggered step of an
 * event-driven workflow: there the order starts anew.
 */
export function orderOf(scope: Scope, draft: Draft): Order {
  const edges = edgesOf(draft.nodes, draft.links);
  const graph = makeGraph(draft.nodes, edges);
  const order = orderNodes(graph);
  if (order.sequence.length === draft.nodes.length) return order;
  const kept = scope.document.strategy === "event_driven" ? withoutReturns(draft, edges, knots(graph)) : edges;
  const cut = makeGraph(draft.nodes, kept);
  const tied = knots(cut).slice(0, Math.max(0, scope.compilation.diagnosticsLeft.error));
  for (const knot of tied) reportCycle(scope, draft, shortestCycle(cut, knot));
  return kept === edges ? order : orderNodes(cut);
}

/** Edges that close an allowed cycle are left out. */
function withoutReturns(draft: Draft, edges: readonly Edge[], tied: readonly (readonly number[])[]): readonly Edge[] {
  const knotOf = new Map(tied.flatMap((knot, i) => knot.map((node) => [node, i] as const)));
  return edges.filter(([from, to], i) => {
    const knot = knotOf.get(from);
    if (knot === undefined || knot !== knotOf.get(to)) return true;
    const port = draft.nodes[to]?.ports.get(draft.links[i]?.to.port ?? "");
    return port?.merge !== "each" && draft.nodes[to]?.triggered !== true;
  });
}

function reportCycle(scope: Scope, draft: Draft, cycle: readonly number[]): void {
  const names = cycle.map((node) => draft.nodes[node]?.name ?? "");
  const [last, first] = [cycle.at(-2) ?? -1, cycle[0] ?? -1];
  const link = draft.links.find((one) => one.from.node === last && one.to.node === first);
  const node = draft.nodes[first];
  const at = link?.sourcePath ?? [...(node?.path ?? []), "depends_on"];
  const hint = "loops within a step are written with repeat; cycles of links belong to event_driven";
  fault(scope, "E_CYCLE", at, `Steps wait for each other: ${shown(names)}`, { hint });
}

const MAX_SHOWN = 12;

function shown(names: readonly string[]): string {
  if (names.length <= MAX_SHOWN) return names.join("->");
  const half = MAX_SHOWN / 2;
  return [...names.slice(0, half), `(${names.length - MAX_SHOWN} more)`, ...names.slice(-half)].join("->");
}
