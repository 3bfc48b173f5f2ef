import type { Unfinished } from "../express/outside.js";
import { decide } from "../kernel/decide.js";
import type { RunEvent } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { createTree, type RunTree, runAt } from "../kernel/state.js";
import type { Plan } from "../plan/plan.js";

/*
 * What must hold of a journal that was made without the kernel. X1. Before each input of it, the kernel has nothing to decide; all else in
 * it is what the kernel decides then, in this order. X2. What is handed over is what is open in the kernel's state, under its numbers.
 */

const inputs = new Set(["run.created", "run.started", "unit.updated", "attempt.succeeded", "attempt.emitted"]);

const left = new Set(["activation.skipped", "queue.grown", "link.closed", "run.stopping"]);

export type ExpressReport = { readonly faults: readonly string[]; readonly tree: RunTree };

/** `places`: attempts at once. `isWhole`: nothing is left to decide at its end. */
export function expressReport(plan: Plan, events: readonly RunEvent[], places: number): ExpressReport {
  const faults: string[] = [];
  const tree = createTree(plan);
  const admit = (): boolean => runAt(tree, 0).running < places;
  for (const event of events) {
    const decision = tree.runs.length === 0 ? undefined : decide(tree, event.at, admit);
    const { seq, at, ...said } = event;
    if (inputs.has(event.type)) {
      if (decision !== undefined) faults.push(`X1: ${decision.type} is due before event ${seq} (${event.type})`);
    } else if (JSON.stringify(decision) !== JSON.stringify(sorted(said, decision)))
      faults.push(`X1: event ${seq} is ${JSON.stringify(said)}, the kernel says ${JSON.stringify(decision)}`);
    try {
      evolve(tree, { ...said, seq, at } as RunEvent);
    } catch (error) {
      faults.push(`X1: event ${seq} cannot be folded: ${String(error)}`);
      return { faults, tree };
    }
  }
  const last = tree.ended ? undefined : decide(tree, 0, admit);
  // Left to the kernel: what is to be skipped before anything starts, and what only rest brings.
  if (last !== undefined && !left.has(last.type)) faults.push(`X1: ${last.type} is due at the end`);
  return { faults, tree };
}

/** Members in the order of the other one, where both have the same. */
function sorted(said: object, like: object | undefined): object {
  const entries = Object.entries(said);
  const order = Object.keys(like ?? {});
  return Object.fromEntries(entries.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
}

export function handedOverFaults(tree: RunTree, unfinished: readonly Unfinished[]): readonly string[] {
  const open = [...runAt(tree, 0).open.values()].map(({ node, cells }) => `${node} ${cells.get(0)?.id ?? -1}`);
  const handed = unfinished.map(({ node, id }) => `${node} ${id}`);
  const lost = open.filter((one) => !handed.includes(one)).map((one) => `X2: attempt ${one} is lost`);
  const made = handed.filter((one) => !open.includes(one)).map((one) => `X2: attempt ${one} is nowhere open`);
  const doubled = handed.length === new Set(handed).size ? [] : ["X2: an attempt is handed over twice"];
  return [...lost, ...made, ...doubled];
}
