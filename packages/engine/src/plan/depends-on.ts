import { fault, type Scope } from "./compilation.js";
import type { Draft } from "./draft.js";
import { unknownName } from "./references.js";

/** Turns the names of `depends_on` into nodes. */
export function resolveDependsOn(scope: Scope, draft: Draft): void {
  for (const node of draft.nodes) {
    for (const [i, name] of (node.step?.entry.dependsOn ?? []).entries()) {
      const at = [...node.path, "depends_on", i];
      const before = draft.byName.get(name);
      if (before === undefined) unknownName(scope, draft, name, name, at);
      else if (before.kind !== "step") {
        const message = `Step ${node.name} cannot depend on ${name}: it is a data unit, a step is expected`;
        fault(scope, "E_REF", at, message, { hint: `link from ${name} instead` });
      } else if (!node.dependsOn.includes(before.index)) node.dependsOn.push(before.index);
    }
  }
}
