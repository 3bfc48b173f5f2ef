import { nanobrainError } from "../errors/nanobrain-error.js";
import { activationAt, cellAt, countHeld, countRunning } from "./cells.js";
import type { Cell, RunEvent } from "./event.js";
import { heldBy } from "./queues/hooks.js";
import { sendEmit } from "./send.js";
import { type OpenActivation, type OpenCell, openKey, type RunState, type RunTree, runAt } from "./state.js";

/*
 * What attempts send before their end, and what holds them back.
 * E1. The i-th value of a port in an activation is sent once, whichever attempt sends it.
 * E2. A held attempt takes no turn and no room, and nothing waits for it: neither groups, stop, pause nor drain.
 * E3. Being held follows from the state of queues and older activations; it is looked at after each event of the run.
 */

/** Values that are kept for their turn without holding their attempt back. */
const KEPT_FREELY = 64;

export function emit(tree: RunTree, event: Extract<RunEvent, { type: "attempt.emitted" }>): void {
  const run = runAt(tree, event.run);
  const activation = activationAt(run, event.node, event.n);
  const { port, value, links } = event;
  const count = emitted(activation, port);
  if (event.index !== count)
    throw nanobrainError("E_INTERNAL", { what: `value ${event.index} of port ${port}, ${count} is next` });
  activation.emits ??= new Map();
  activation.emits.set(port, count + 1);
  if (isOldest(run, activation)) {
    sendEmit(tree, run, event.node, event.at, { port, value, links });
  } else {
    activation.kept ??= [];
    activation.kept.push({ port, value, links });
  }
  if (mustWait(run, activation)) hold(tree, run, activation, cellAt(activation, event.c));
}

/** How many values a port of an activation was sent so far. */
export function emitted(activation: OpenActivation, port: string): number {
  return activation.emits?.get(port) ?? 0;
}

function isOldest(run: RunState, { node, n }: OpenActivation): boolean {
  return n === (run.released[node] ?? 0) + 1;
}

function mustWait(run: RunState, { node, emits, kept }: OpenActivation): boolean {
  if ((kept?.length ?? 0) > KEPT_FREELY) return true;
  if (run.queues.length === 0) return false;
  for (const port of emits?.keys() ?? []) if (heldBy(run, node, port)) return true;
  return false;
}

function hold(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  if (cell.held) return;
  cell.held = true;
  run.heldBack.set(openKey(run, activation.node, activation.n), activation);
  run.busy--;
  countHeld(tree, run, 1);
}

/** The attempt goes on, or is over. */
export function letGo(tree: RunTree, run: RunState, activation: OpenActivation, cell: OpenCell): void {
  if (!cell.held) return;
  cell.held = false;
  run.heldBack.delete(openKey(run, activation.node, activation.n));
  run.busy++;
  countHeld(tree, run, -1);
}

/** Held attempts of a run and of those below it are given up, at no cost: tried again, they start anew. */
export function letHeldGo(tree: RunTree, run: RunState): void {
  if (run.held === 0) return;
  for (const activation of run.open.values()) {
    for (const cell of activation.cells.values()) {
      const child = cell.child < 0 ? undefined : tree.runs[cell.child];
      if (child !== undefined) letHeldGo(tree, child);
      if (!cell.held) continue;
      cell.held = false;
      cell.status = "idle";
      activation.running--;
      activation.again.push(cell.c);
      run.busy++;
      countHeld(tree, run, -1);
      countRunning(tree, run, -1);
    }
  }
  run.heldBack.clear();
}

/** Lets attempts go on that found room, in the order in which they were held; under `sequential` when it is their turn. */
export function relieve(tree: RunTree, run: RunState): void {
  for (const activation of run.heldBack.values()) {
    if (run.workflow.strategy === "sequential" && run.busy > 0) return;
    if (mustWait(run, activation)) continue;
    for (const cell of activation.cells.values()) letGo(tree, run, activation, cell);
  }
}

export function isHeld(tree: RunTree, { run, node, n, c }: Cell): boolean {
  const state = tree.runs[run];
  return state?.open.get(openKey(state, node, n))?.cells.get(c)?.held === true;
}
