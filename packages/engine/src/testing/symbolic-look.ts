import type { Cell } from "../kernel/event.js";
import type { OpenActivation, OpenCell, RunTree } from "../kernel/state.js";

/** Where built hosts look into the kernel's state. */

/** The open activation a cell is part of; undefined: it is over, or its run is gone. */
export function openAt(tree: RunTree, { run, node }: Cell): OpenActivation | undefined {
  return tree.runs[run]?.open.get(node);
}

/** Whether the cell's attempt waits for room behind what it sent. */
export function isHeldAt(tree: RunTree, at: Cell): boolean {
  const cell: (OpenCell & { readonly held?: boolean }) | undefined = openAt(tree, at)?.cells.get(at.c);
  return cell?.held === true;
}

/** Whether a run is another, or a child run somewhere below it. */
export function isBelow(tree: RunTree, run: number, above: number): boolean {
  let at: number | undefined = run;
  while (at !== undefined && at !== above) at = tree.runs[at]?.parent?.run;
  return at === above;
}
