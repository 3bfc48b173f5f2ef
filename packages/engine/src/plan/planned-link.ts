import { sourceSchema } from "./check-types.js";
import type { Scope } from "./compilation.js";
import type { Draft, LinkDraft } from "./draft.js";
import type { PlanLink } from "./plan.js";
import { surelyMeets } from "./port-type.js";

export function plannedLink(scope: Scope, draft: Draft, link: LinkDraft): PlanLink {
  const { name, kind, from, to, condition, otherwise, transform, inputSchema, outputSchema } = link;
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
    back: false,
    exit: false,
    plain: kind === "direct" && surelyMeets(sourceSchema(draft, link), target?.schema),
  };
}
