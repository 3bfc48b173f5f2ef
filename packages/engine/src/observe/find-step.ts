import type { PlanNode } from "../plan/plan.js";
import { parseStepPath } from "./step-path.js";
import type { RunTrace, Trace } from "./trace.js";

/** A node of a run tree, found by its path. `item` is set when the last part names one (`read[3]`). */
export type FoundStep = {
  readonly run: RunTrace;
  readonly node: number;
  readonly planned: PlanNode;
  readonly item: number | null;
  /** Path of the run the node is in, such as `outer[3]/`; empty for the root. */
  readonly prefix: string;
};

/** What was not there, and the names that are. */
export type StepUnknown = { readonly unknown: string; readonly known: readonly string[] };

/** Finds a step, unit or output by its path, in the newest activation and the newest try of each step on the way. */
export function findStep(trace: Trace, path: string): FoundStep | StepUnknown {
  const parts = parseStepPath(path);
  let run = trace.runs[0];
  if (parts === undefined || run === undefined) return { unknown: path, known: nodeNames(run) };
  let prefix = "";
  for (const [position, { name, item }] of parts.entries()) {
    const node = nodeNamed(run, name);
    const planned = run.plan.nodes[node];
    if (planned === undefined) return { unknown: `${prefix}${name}`, known: nodeNames(run) };
    if (position === parts.length - 1) return { run, node, planned, item, prefix };
    prefix += `${name}${item === null ? "" : `[${item}]`}/`;
    const child = childOf(trace, run, node, item ?? 0);
    if (child === undefined) return { unknown: `${prefix}...`, known: nodeNames(run) };
    run = child;
  }
  return { unknown: path, known: nodeNames(run) };
}

/** A step goes before a unit, and a unit before an output of the same name. */
function nodeNamed(run: RunTrace, name: string): number {
  const found = run.plan.nodes.findIndex((node) => node.kind === "step" && node.name === name);
  return found >= 0 ? found : run.plan.nodes.findIndex((node) => node.name === name);
}

function nodeNames(run: RunTrace | undefined): readonly string[] {
  return [...new Set(run?.plan.nodes.map((node) => node.name) ?? [])];
}

/** The newest child run of an item; one that a rollback took back only where there is no other. */
export function childOf(trace: Trace, run: RunTrace, node: number, item: number): RunTrace | undefined {
  const isChild = (one: RunTrace | undefined): boolean =>
    one?.parent?.run === run.index && one.parent.node === node && one.parent.c === item;
  return (
    trace.runs.findLast((one) => isChild(one) && one?.takenBack !== true) ?? trace.runs.findLast((one) => isChild(one))
  );
}
