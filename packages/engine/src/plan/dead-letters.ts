import type { Scope } from "./compilation.js";
import type { Draft } from "./draft.js";
import { addBareUnit } from "./unit-nodes.js";

/** The unit with the items that a queue gave up. */
export const deadLettersOf = (queue: string): string => `${queue}.dead_letters`;

/** Each queue has a unit `NAME.dead_letters` with the items it gave up, which links may read. */
export function addDeadLetters(scope: Scope, draft: Draft): void {
  const queue = scope.compilation.registry.find("nanobrain.core.link.QueueLink");
  let letters = 0;
  for (const link of scope.document.links) {
    if (queue === undefined || scope.compilation.registry.find(link.className) !== queue) continue;
    const name = deadLettersOf(link.name);
    addBareUnit(draft, { name, path: link.path, optional: true, role: "result", setBy: "queue", letters: letters++ });
  }
}
