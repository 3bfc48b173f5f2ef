import type { Cell } from "../event.js";
import { type OpenCell, openKey, type RunState, type RunTree, runAt } from "../state.js";

/**
 * The same for the same piece of work, in whatever attempt, process or run of a rolled back child: the path of the step with its item,
 * activation and round, such as `outer[3]/inner:1`. Work whose `on_rollback` has run has another one afterwards.
 */
export function cellKey(tree: RunTree, cell: Cell, round: number): string {
  return withGeneration(tree, `${segment(tree, cell, round)}:${cell.n}`);
}

/** How often the work of a key was undone by its `on_rollback` component. */
export function generationOf(tree: RunTree, key: string): number {
  return tree.recovery.generations.get(key.replace(/~\d+$/, "")) ?? 0;
}

export function beginGeneration(tree: RunTree, key: string): void {
  tree.recovery.generations.set(key.replace(/~\d+$/, ""), generationOf(tree, key) + 1);
}

function withGeneration(tree: RunTree, key: string): string {
  const generation = tree.recovery.generations.size === 0 ? 0 : generationOf(tree, key);
  return generation === 0 ? key : `${key}~${generation}`;
}

function segment(tree: RunTree, { run: index, node, c }: Cell, round: number): string {
  const run = runAt(tree, index);
  const plan = run.workflow.nodes[node];
  const item = plan?.step?.forEach === undefined ? "" : `[${c}]`;
  const turn = round > 1 ? `@${round}` : "";
  return `${above(tree, run.parent)}${plan?.name ?? node}${item}${turn}`;
}

function above(tree: RunTree, parent: Cell | null): string {
  if (parent === null) return "";
  const round = roundOf(tree, parent);
  const again = parent.n > 1 ? `#${parent.n}` : "";
  const generation = tree.recovery.generations.size === 0 ? 0 : generationOf(tree, cellKey(tree, parent, round));
  return `${segment(tree, parent, round)}${again}${generation > 0 ? `~${generation}` : ""}/`;
}

function roundOf(tree: RunTree, cell: Cell): number {
  return findCell(runAt(tree, cell.run), cell)?.round ?? 1;
}

/** An open cell, if it is open. */
export function findCell(run: RunState, { node, n, c }: Cell): OpenCell | undefined {
  return run.open.get(openKey(run, node, n))?.cells.get(c);
}
