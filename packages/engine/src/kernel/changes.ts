import type { WorkflowPlan } from "../plan/plan.js";
import type { Checkpoint } from "./recovery/recovery-state.js";
import type { RunState } from "./state.js";

/**
 * Nodes and links whose state may differ from what a run's last checkpoint kept, each once: the next checkpoint looks at these only.
 * Kept where a checkpoint keeps state. Noted with every write, before or after it.
 */
export type Changes = {
  /** The checkpoint they are counted from; undefined: there is none, or others hold on to it. */
  since: Checkpoint | undefined;
  readonly nodes: number[];
  readonly links: number[];
  readonly isNode: Uint8Array;
  readonly isLink: Uint8Array;
};

/** Undefined where no checkpoint keeps state. */
export function createChanges({ restorable, nodes, links }: WorkflowPlan): Changes | undefined {
  if (!restorable) return undefined;
  const [isNode, isLink] = [new Uint8Array(nodes.length), new Uint8Array(links.length)];
  return { since: undefined, nodes: [], links: [], isNode, isLink };
}

export function noteNode({ changes }: RunState, node: number): void {
  if (changes === undefined || changes.isNode[node] === 1) return;
  changes.isNode[node] = 1;
  changes.nodes.push(node);
}

export function noteLink({ changes }: RunState, link: number): void {
  if (changes === undefined || changes.isLink[link] === 1) return;
  changes.isLink[link] = 1;
  changes.links.push(link);
}

/** Counts from a new checkpoint. */
export function countFrom(changes: Changes, since: Checkpoint): void {
  changes.since = since;
  for (const node of changes.nodes) changes.isNode[node] = 0;
  for (const link of changes.links) changes.isLink[link] = 0;
  changes.nodes.length = 0;
  changes.links.length = 0;
}
