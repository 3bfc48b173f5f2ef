import { knots } from "./cycles.js";
import type { Draft } from "./draft.js";
import { type Edge, edgesOf, makeGraph } from "./graph.js";
import type { TriggerDraft } from "./trigger-wiring.js";

/** Activations of a step that leads to itself again, over links or triggers, unless the document says otherwise. */
export const CYCLE_BOUND = 1000;
/** Of any other: what it works on bounds it. */
export const NO_BOUND = 2 ** 31 - 1;

/** Nodes whose values lead back to them, over links, `depends_on` and triggers that watch values. */
export function fedBack(draft: Draft, triggers: readonly TriggerDraft[]): ReadonlySet<number> {
  const watching = triggers.flatMap(({ watch }, position): readonly Edge[] =>
    watch.flatMap(({ node }) => reach(triggers, position).map((target): Edge => [node, target])),
  );
  const edges = [...edgesOf(draft.nodes, draft.links), ...watching];
  return new Set(knots(makeGraph(draft.nodes, edges)).flat());
}

/** Steps that a trigger fires, itself or through others made of it. */
function reach(triggers: readonly TriggerDraft[], position: number): readonly number[] {
  const seen = new Set([position]);
  for (const one of seen) {
    for (const [other, { members }] of triggers.entries()) if (members.includes(one)) seen.add(other);
  }
  return [...seen].flatMap((one) => triggers[one]?.targets.map(({ node }) => node) ?? []);
}
