import type { Cell } from "../kernel/event.js";
import { type OpenActivation, openKey, type RunTree } from "../kernel/state.js";

/** Where built hosts look into the kernel's state. */

/** The open activation a cell is part of; undefined: it is over, or its run is gone. */
export function openAt(tree: RunTree, { run, node, n }: Cell): OpenActivation | undefined {
  const state = tree.runs[run];
  return state?.open.get(openKey(state, node, n));
}

/** Whether the cell's attempt waits for room behind what it sent. */
export function isHeldAt(tree: RunTree, at: Cell): boolean {
  return openAt(tree, at)?.cells.get(at.c)?.held === true;
}

/**
 * What the outside remembers a cell by, also when the engine does its work again: the path with activations and rounds, not the
 * numbers of child runs.
 */
export function outsideKey(tree: RunTree, at: Cell): string {
  const round = openAt(tree, at)?.cells.get(at.c)?.round ?? 1;
  const parent = tree.runs[at.run]?.parent ?? null;
  return `${parent === null ? "" : outsideKey(tree, parent)}/${at.node}#${at.n}[${at.c}]${round}`;
}

/** Whether a run is another, or a child run somewhere below it. */
export function isBelow(tree: RunTree, run: number, above: number): boolean {
  let at: number | undefined = run;
  while (at !== undefined && at !== above) at = tree.runs[at]?.parent?.run;
  return at === above;
}
