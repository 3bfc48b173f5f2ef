import { fault, type Scope } from "./compilation.js";
import { knots, shortestCycle } from "./cycles.js";
import type { Draft } from "./draft.js";
import { type Edge, edgesOf, makeGraph } from "./graph.js";
import { type Order, orderNodes } from "./order.js";

/** Where nodes stand: their order, and by node the number of the cycle it is part of (-1: none). */
export type Wiring = Order & { readonly knotOf: Int32Array };

/**
 * The order of a workflow. Cycles are faults, printed, unless they pass an `each` port or a triggered step of an
 * event-driven workflow: there the order starts anew.
 */
export function orderOf(scope: Scope, draft: Draft): Wiring {
  const edges = edgesOf(draft.nodes, draft.links);
  const graph = makeGraph(draft.nodes, edges);
  const order = orderNodes(graph);
  const knotOf = new Int32Array(draft.nodes.length).fill(-1);
  if (order.sequence.length === draft.nodes.length) return { ...order, knotOf };
  for (const [number, knot] of knots(graph).entries()) for (const node of knot) knotOf[node] = number;
  const kept = scope.document.strategy === "event_driven" ? withoutReturns(draft, edges, knotOf) : edges;
  const cut = makeGraph(draft.nodes, kept);
  const tied = knots(cut).slice(0, Math.max(0, scope.compilation.diagnosticsLeft.error));
  for (const knot of tied) reportCycle(scope, draft, shortestCycle(cut, knot));
  if (tied.length === 0) checkOrderOnly(scope, draft, knotOf);
  return { ...(kept === edges ? order : orderNodes(cut)), knotOf };
}

/** `depends_on` asks for one settling, and a member of a cycle settles with each round. */
function checkOrderOnly(scope: Scope, draft: Draft, knotOf: Int32Array): void {
  for (const node of draft.nodes) {
    for (const before of node.dependsOn) {
      const knot = knotOf[before] ?? -1;
      if (knot === -1 || knot === knotOf[node.index]) continue;
      const name = draft.nodes[before]?.name ?? "";
      const message = `Step ${node.name} cannot depend on ${name}: it is part of a cycle, and settles with each round`;
      const at = [...node.path, "depends_on", node.step?.entry.dependsOn.indexOf(name) ?? 0];
      fault(scope, "E_CYCLE", at, message, { hint: `link from ${name}, or depend on what comes after the cycle` });
    }
  }
}

/** Edges that close an allowed cycle are left out. */
function withoutReturns(draft: Draft, edges: readonly Edge[], knotOf: Int32Array): readonly Edge[] {
  return edges.filter(([from, to], i) => {
    if (knotOf[from] === -1 || knotOf[from] !== knotOf[to]) return true;
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
