import type { Wiring } from "./check-cycles.js";
import { sourceSchema } from "./check-types.js";
import type { Scope } from "./compilation.js";
import type { Draft, LinkDraft } from "./draft.js";
import type { PlanLink } from "./plan.js";
import { surelyMeets } from "./port-type.js";

export function plannedLink(scope: Scope, draft: Draft, link: LinkDraft, { knotOf }: Wiring): PlanLink {
  const { name, kind, from, to, condition, otherwise, transform, inputSchema, outputSchema, queue } = link;
  const isTied = (knotOf[from.node] ?? -1) >= 0;
  const target = draft.nodes[to.node]?.ports.get(to.port);
  return {
    name,
    kind,
    from,
    to,
    place: scope.document.places.of(link.path, "key"),
    ...(condition === undefined ? {} : { condition }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(transform === undefined ? {} : { transform }),
    ...(inputSchema === undefined ? {} : { inputSchema }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(queue === undefined ? {} : { queue }),
    back: isTied && knotOf[from.node] === knotOf[to.node] && target?.merge === "each",
    exit: isTied && knotOf[from.node] !== knotOf[to.node],
    plain: kind === "direct" && surelyMeets(sourceSchema(draft, link), target?.schema),
  };
}
