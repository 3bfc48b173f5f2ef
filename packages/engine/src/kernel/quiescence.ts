import type { Decision } from "./event.js";
import { growFirst } from "./queues/hooks.js";
import { NONE, type RunState, type RunTree } from "./state.js";
import { countsForQuiescence, waitsForFiring } from "./triggers/hooks.js";

/*
 * How runs come to their end. A run is quiescent when nothing runs, is ready or asked, and nothing bounded is still to come. Then, in
 * this order: a queue grows for those it holds back; the run waits for a person or for its end; its triggers close; links and units
 * that wait for nothing are closed, upstream first; it completes.
 * Q1. What is asked after each event costs no more than a few comparisons; nodes are looked at in quiescence only.
 */

/** Its outputs are all there, and that is all it was asked for: nothing new starts. */
export function isServed(run: RunState): boolean {
  const { completion, outputs } = run.workflow;
  return completion === "outputs" && outputs.length > 0 && run.outputs.size === outputs.length;
}

/** The next step towards the end of a run, if nothing else is to be done. */
export function decideEnd(tree: RunTree, run: RunState): Decision | undefined {
  if (!isQuiet(run)) return undefined;
  if (run.heldBack.size > 0) return growFirst(run);
  if (countsForQuiescence(run)) return undefined;
  if (!run.closing) {
    if (isKeptOpen(tree, run)) return undefined;
    if (run.triggers.length > 0) return { type: "run.closing", run: run.index };
  }
  return closeNext(run) ?? { type: "run.completed", run: run.index };
}

/** Nothing is open but held attempts, and nothing is ready, asked or to be decided. */
function isQuiet(run: RunState): boolean {
  if (run.offered > 0 || run.unitsAsked > 0 || run.barren.size > 0 || run.verdicts.size > 0) return false;
  return run.open.size === run.heldBack.size;
}

/** Somebody outside has to speak before it ends. */
function isKeptOpen(tree: RunTree, run: RunState): boolean {
  return (run.workflow.completion === "manual" && !tree.finished) || waitsForFiring(run);
}

/** Whether a run only waits for somebody outside, with nothing left to do. */
export function isIdle(tree: RunTree, run: RunState): boolean {
  return isQuiet(run) && run.heldBack.size === 0 && !run.closing && isKeptOpen(tree, run);
}

/** Closes what waits for nothing, at the node that is furthest upstream. */
function closeNext(run: RunState): Decision | undefined {
  if (run.unsettled === 0 && run.tokens === 0) return undefined;
  const { byRank } = run.topology;
  for (let place = run.closedTo; place < byRank.length; place++) {
    const decision = closeAt(run, byRank[place] ?? 0);
    run.closedTo = place;
    if (decision !== undefined) return decision;
  }
  return undefined;
}

function closeAt(run: RunState, node: number): Decision | undefined {
  const { collects, triggered } = run.topology;
  const begun = run.begun[node] ?? 0;
  if (collects[node] === 1) return begun > 0 ? undefined : { type: "unit.collected", run: run.index, node };
  if (triggered[node] === 1) {
    if (begun > 0) return undefined;
    const reason = "no trigger of it fired";
    return { type: "activation.skipped", run: run.index, node, n: 1, port: "", reason };
  }
  if ((run.need[node] ?? 0) === 0) return undefined;
  const waits = isWaitedFor(run, node);
  if (begun > 0 && !waits) return undefined;
  const links = emptySlots(run, node);
  return { type: "link.closed", run: run.index, links, stuck: waits ? links : [] };
}

/** A token lies in a slot that would give it up. */
function isWaitedFor(run: RunState, node: number): boolean {
  const { slotStart, slots } = run.topology;
  for (let i = slotStart[node] ?? 0; i < (slotStart[node + 1] ?? 0); i++)
    if (run.token[slots[i] ?? 0] !== NONE) return true;
  return false;
}

function emptySlots(run: RunState, node: number): readonly number[] {
  const { slotOf } = run.topology;
  const empty: number[] = [];
  for (const { links } of run.workflow.nodes[node]?.ports ?? [])
    for (const link of links) if (slotOf[link] === link && run.token[link] === NONE) empty.push(link);
  return empty;
}
