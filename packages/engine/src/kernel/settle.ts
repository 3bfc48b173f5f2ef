import { dropChildren, noteStartable, stepOf } from "./cells.js";
import type { Finding, PortValues } from "./event.js";
import { begin, countReleased, makeReady } from "./flow.js";
import { noteEnded } from "./queues/hooks.js";
import { noteSettled } from "./recovery/hooks.js";
import { send, sendEmit } from "./send.js";
import { type EndedActivation, type OpenActivation, openKey, type RunState, type RunTree } from "./state.js";
import { noteFiringEnd } from "./triggers/hooks.js";

/*
 * How activations end. Called by `evolve` only.
 * S1. Tokens leave a node in the order of its activations: one that is over before an older one is kept in `ended` until its turn.
 * S2. What an activation sent before its end leaves in its turn, too: while older ones are open it is kept.
 */

export type Ending = {
  readonly node: number;
  readonly n: number;
  readonly status: number;
  readonly out: PortValues;
  readonly links: readonly Finding[];
  /** Of the event. */
  readonly at: number;
};

/** Ends an activation, or the node's next one that never opened (skipped, a unit), which takes its tokens now. */
export function close(tree: RunTree, run: RunState, ending: Ending): void {
  const { node, n } = ending;
  const activation = run.open.get(openKey(run, node, n));
  if (activation === undefined && n > (run.begun[node] ?? 0)) begin(run, node);
  closeOpen(tree, run, activation, ending);
}

/** The same, where it is known whether the activation is open. */
export function closeOpen(
  tree: RunTree,
  run: RunState,
  activation: OpenActivation | undefined,
  { node, n, status, out, links, at }: Ending,
): void {
  if (activation !== undefined) shut(tree, run, activation);
  if (run.queues.length > 0) noteEnded(run, node, n, at);
  if (run.triggers.length > 0) noteFiringEnd(run, node, n);
  const ended: EndedActivation = { status, out, links, emits: activation?.emits, kept: activation?.kept };
  if (n === (run.released[node] ?? 0) + 1) releaseAll(tree, run, node, n, at, ended);
  else run.ended.set(openKey(run, node, n), ended);
  makeReady(tree, run, node);
  noteSettled(tree, run, node);
}

function shut(tree: RunTree, run: RunState, activation: OpenActivation): void {
  const { node, n } = activation;
  if (run.topology.gathers[node] === 1 && stepOf(run, node).workflow !== undefined) dropChildren(tree, activation);
  if (run.startable.size > 0) noteStartable(run, activation, false);
  run.open.delete(openKey(run, node, n));
  run.opened[node] = (run.opened[node] ?? 0) - 1;
  if (!activation.halted) run.busy--;
}

/** Sends what the activation gave, then what those behind it have been keeping (S1). */
function releaseAll(tree: RunTree, run: RunState, node: number, n: number, at: number, first: EndedActivation): void {
  let ended: EndedActivation | undefined = first;
  for (let turn = n; ended !== undefined; turn++) {
    if (ended.kept !== undefined) for (const emit of ended.kept) sendEmit(tree, run, node, at, emit);
    countReleased(tree, run, node, ended.status);
    send(tree, run, node, at, ended.out, ended.links, ended.emits);
    if (turn === run.begun[node]) return;
    const next = openKey(run, node, turn + 1);
    ended = run.ended.get(next);
    run.ended.delete(next);
    if (ended === undefined) sendKept(tree, run, run.open.get(next), at);
  }
}

/** It is the oldest now: what it has sent so far leaves (S2). */
function sendKept(tree: RunTree, run: RunState, activation: OpenActivation | undefined, at: number): void {
  const kept = activation?.kept;
  if (activation === undefined || kept === undefined) return;
  activation.kept = undefined;
  for (const emit of kept) sendEmit(tree, run, activation.node, at, emit);
}
