import { stepOf } from "../cells.js";
import type { PortValues } from "../event.js";
import { cellInputs } from "../inputs.js";
import type { OpenActivation, OpenCell, RunState, RunTree } from "../state.js";
import { cellKey } from "./cell-key.js";
import type { UndoEntry } from "./recovery-state.js";

/** The run and the runs above it that may be rolled back, the innermost first. */
export function restorableFrom(tree: RunTree, run: RunState): readonly RunState[] {
  const found: RunState[] = [];
  let at: RunState | undefined = run;
  while (at !== undefined) {
    if (at.workflow.restorable) found.push(at);
    at = at.parent === null ? undefined : tree.runs[at.parent.run];
  }
  return found;
}

/**
 * A cell, or one round of a loop, ended well. Asked before its activation closes. Noted where something would have to be undone, or
 * must not be done twice. What was taken from the cache is not undone: this run did not do it.
 */
export function noteDone(
  tree: RunTree,
  run: RunState,
  activation: OpenActivation,
  cell: OpenCell,
  result: { readonly out: PortValues; readonly cached: boolean },
): void {
  if (!tree.recovery.restorable) return;
  const hooked = stepOf(run, activation.node).onRollback !== undefined && !result.cached;
  if (!hooked && cell.effects === undefined && cell.answer === undefined) return;
  const keepers = restorableFrom(tree, run);
  if (keepers.length === 0) return;
  const at = { run: run.index, node: activation.node, n: activation.n, c: cell.c };
  const entry: UndoEntry = {
    cell: at,
    workflow: tree.plan.workflows.indexOf(run.workflow),
    key: cellKey(tree, at, cell.round),
    fallback: cell.fallback,
    hooked,
    inputs: hooked ? cellInputs(run, activation, cell.c) : {},
    out: hooked ? result.out : {},
    effects: cell.effects === undefined ? undefined : new Map(cell.effects),
    answer: cell.answer,
    undone: false,
  };
  for (const keeper of keepers) keeper.recovery.done.push(entry);
}

/** The newest piece of work that its `on_rollback` component has still to undo. */
export function nextUndo(run: RunState): UndoEntry | undefined {
  return run.recovery.done.findLast((entry) => entry.hooked && !entry.undone);
}

/** Effects and answers of what is about to be forgotten, so that doing it again repeats neither. */
export function keepEffects(tree: RunTree, run: RunState, below: readonly RunState[]): void {
  const { effects, answers } = tree.recovery;
  for (const entry of run.recovery.done) {
    if (entry.undone) continue;
    if (entry.effects !== undefined) effects.set(effectKey(entry.key, entry.fallback), entry.effects);
    if (entry.answer !== undefined) answers.set(entry.key, entry.answer);
  }
  for (const each of below) for (const activation of each.open.values()) keepOpen(tree, each, activation);
}

function keepOpen(tree: RunTree, run: RunState, { node, n, cells }: OpenActivation): void {
  for (const cell of cells.values()) {
    if (cell.effects === undefined || cell.status === "done") continue;
    const key = cellKey(tree, { run: run.index, node, n, c: cell.c }, cell.round);
    tree.recovery.effects.set(effectKey(key, cell.fallback), new Map(cell.effects));
  }
}

/** Gives a cell that begins an attempt the effects that were recorded before a rollback. */
export function recallEffects(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  const { effects } = tree.recovery;
  if (effects.size === 0) return;
  const at = { run: run.index, node: activation.node, n: activation.n, c: cell.c };
  const key = effectKey(cellKey(tree, at, cell.round), cell.fallback);
  const kept = effects.get(key);
  if (kept === undefined) return;
  effects.delete(key);
  cell.effects = new Map([...kept, ...(cell.effects ?? [])]);
}

/** Effects of a step and of its fallback are kept apart. */
function effectKey(key: string, fallback: boolean): string {
  return fallback ? `${key} fallback` : key;
}
