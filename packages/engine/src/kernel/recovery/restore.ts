import { nanobrainError } from "../../errors/nanobrain-error.js";
import { dropRun, refresh } from "../cells.js";
import { createChanges } from "../changes.js";
import type { RunEvent } from "../event.js";
import { type OpenActivation, type RunState, type RunTree, runAt } from "../state.js";
import { addTimer } from "../timers.js";
import { isAsking } from "../waits.js";
import { subtree } from "./checkpoints.js";
import { copyRun } from "./copy-run.js";
import { applyOutside } from "./outside.js";
import type { Checkpoint } from "./recovery-state.js";
import { keepEffects } from "./undo-log.js";

/** Puts a run and all below it back to its last checkpoint, then applies what the outside said since. Asked when no attempt runs in it. */
export function restore(tree: RunTree, run: RunState, at: number, apply: (event: RunEvent) => void): void {
  const { checkpoint, rolling } = run.recovery;
  if (checkpoint === undefined || rolling === undefined)
    throw nanobrainError("E_INTERNAL", { what: `no checkpoint to restore in run ${run.index}` });
  keepEffects(tree, run, subtree(tree, run));
  dropRun(tree, run.index);
  const copies = checkpoint.runs.map(copyRun);
  for (const copy of copies) {
    copy.changes = createChanges(copy.workflow);
    tree.runs[copy.index] = copy;
  }
  const restored = runAt(tree, run.index);
  keepOn(run, restored);
  if (rolling.stop) restored.cause = rolling.cause;
  restored.status = rolling.stop ? "stopping" : "running";
  for (const copy of copies) goOn(tree, copy, copy === restored ? 0 : at - checkpoint.at);
  waitAgain(tree, checkpoint);
  applyOutside(tree, restored, apply);
}

/** What is never restored of the run that rolls back. */
function keepOn(before: RunState, restored: RunState): void {
  const { checkpoint, rollbacks, stopped, outside, partial } = before.recovery;
  restored.deadline = before.deadline;
  restored.recovery.checkpoint = checkpoint;
  restored.recovery.rollbacks = rollbacks;
  restored.recovery.stopped = stopped;
  restored.recovery.outside.push(...outside);
  if (!before.workflow.preservePartialResults) return;
  for (const outputs of [partial, before.outputs])
    for (const [node, value] of outputs) restored.recovery.partial.set(node, value);
}

/** Attempts that ran at the checkpoint start again from it, at no cost. Child runs have as much time left as they had then. */
function goOn(tree: RunTree, run: RunState, passedMs: number): void {
  run.running = 0;
  run.held = 0;
  run.busy += run.heldBack.size;
  run.heldBack.clear();
  run.deadline += passedMs;
  run.recovery.stillSince = -1;
  if (Number.isFinite(run.deadline)) tree.timed.add(run.index);
  const { rolling } = run.recovery;
  if (rolling !== undefined) rolling.undoing = undefined;
  for (const activation of run.open.values()) startAgain(tree, run, activation);
  tree.dirty.add(run.index);
}

function startAgain(tree: RunTree, run: RunState, activation: OpenActivation): void {
  for (const cell of activation.cells.values()) {
    const at = { run: run.index, node: activation.node, n: activation.n, c: cell.c };
    if (isAsking(cell)) tree.recovery.asking.set(`${at.run} ${at.node} ${at.n} ${at.c}`, at);
    if (cell.status !== "running" || (cell.child >= 0 && !cell.fallback)) continue;
    cell.status = "idle";
    cell.held = false;
    activation.running--;
    activation.again.push(cell.c);
  }
  activation.again.sort((a, b) => a - b);
  refresh(tree, run, activation);
}

function waitAgain(tree: RunTree, { errands, timers, reacting }: Checkpoint): void {
  for (const index of reacting) tree.reacting.add(index);
  for (const [key, errand] of errands) tree.errands.set(key, errand);
  for (const timer of timers) addTimer(tree, timer);
}

/** The outputs of a run: also those a rollback took back, where the document asks to keep them. */
export function readableOutputs(run: RunState): RunState["outputs"] {
  return run.recovery.partial.size === 0 ? run.outputs : new Map([...run.recovery.partial, ...run.outputs]);
}
