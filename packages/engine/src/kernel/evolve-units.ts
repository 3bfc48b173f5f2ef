import type { RunEvent } from "./event.js";
import { deliver, lookAgain, makeReady } from "./flow.js";
import { ABSENT, type RunTree, runAt } from "./state.js";

/** Units that are set from outside, and what the end of a run gives to those that still wait. */

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

/** Another value from outside: the unit fires once more with it. */
export function setUnit(tree: RunTree, { run: index, node, value }: Of<"unit.set">): void {
  const run = runAt(tree, index);
  const known = run.sets.get(node);
  if (known === undefined) run.sets.set(node, [value]);
  else known.push(value);
  makeReady(tree, run, node);
}

/** Nothing more will come: the unit fires with all that came. */
export function collectUnit(tree: RunTree, { run: index, node }: Of<"unit.collected">): void {
  const run = runAt(tree, index);
  run.need[node] = 0;
  lookAgain(run, node);
  makeReady(tree, run, node);
}

export function closeLinks(tree: RunTree, { run: index, links }: Of<"link.closed">): void {
  const run = runAt(tree, index);
  for (const link of links) deliver(tree, run, link, ABSENT, undefined);
  tree.dirty.add(run.index);
}
