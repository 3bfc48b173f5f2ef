import { countFrom } from "../changes.js";
import type { Decision, RunEvent } from "../event.js";
import { type OpenActivation, type RunState, type RunTree, SKIPPED } from "../state.js";
import { copyRun, renewCopy } from "./copy-run.js";
import type { Checkpoint } from "./recovery-state.js";

/*
 * When checkpoints are taken, and what they keep. Only restorable workflows keep anything; elsewhere a checkpoint is a mark in the journal.
 * K1. A checkpoint holds no failure: going back to one would fail the same. It waits until what fails was decided on.
 */

/** The run itself, then all that are open below it. */
export function subtree(tree: RunTree, run: RunState): readonly RunState[] {
  const found = [run];
  for (let at = 0; at < found.length; at++) {
    const { open, workflow } = found[at] ?? run;
    for (const activation of open.values())
      if (workflow.nodes[activation.node]?.step?.workflow !== undefined) found.push(...childrenOf(tree, activation));
  }
  return found;
}

function childrenOf(tree: RunTree, activation: OpenActivation): readonly RunState[] {
  const children: RunState[] = [];
  for (const cell of activation.cells.values()) {
    const child = cell.child < 0 ? undefined : tree.runs[cell.child];
    if (child !== undefined) children.push(child);
  }
  return children;
}

/** A step has settled that began: under `sequential` that is a synchronization point. */
export function noteSettled(_tree: RunTree, run: RunState, node: number): void {
  const mark = run.topology.marks[node];
  if (mark === 0 || run.node[node] === SKIPPED) return;
  if (mark === 1 || run.recovery.wanted === "") run.recovery.wanted = `after ${run.workflow.nodes[node]?.name}`;
}

export function noteStage(run: RunState, stage: number): void {
  if (run.workflow.restorable) run.recovery.wanted ||= `group ${stage + 1}`;
}

/** Asked before anything new starts. The interval is looked at when something happens; it wakes nobody. */
export function decideCheckpoint(tree: RunTree, run: RunState, now: number): Decision | undefined {
  const reason = dueCheckpoint(run, now);
  if (reason === "" || (run.workflow.restorable && isFailing(tree, run))) return undefined;
  return { type: "checkpoint.taken", run: run.index, reason };
}

/** Why one is to be taken; empty: none is. */
function dueCheckpoint(run: RunState, now: number): string {
  const { wanted, checkpointAt } = run.recovery;
  const intervalMs = run.workflow.checkpointIntervalMs;
  if (wanted !== "" || intervalMs === null || now - checkpointAt < intervalMs) return wanted;
  return `every ${intervalMs} ms`;
}

/** Something in the run, or below it, has failed, and what comes of it is still to be seen (K1). */
function isFailing(tree: RunTree, run: RunState): boolean {
  return subtree(tree, run).some((each) => each.status !== "running" || each.verdicts.size > 0 || hasFailing(each));
}

function hasFailing(run: RunState): boolean {
  for (const { node, failed, pending, failure, closing } of run.open.values()) {
    const allowed = run.workflow.nodes[node]?.step?.forEach?.maxFailures ?? 0;
    if (pending > 0 || failed > allowed || (failure !== undefined && !closing)) return true;
  }
  return false;
}

/** The start of a run is one too. */
export function noteCheckpoint(tree: RunTree, run: RunState, event: RunEvent): void {
  const { recovery } = run;
  recovery.wanted = "";
  recovery.checkpointAt = event.at;
  if (!run.workflow.restorable) return;
  recovery.done.length = 0;
  recovery.outside.length = 0;
  const last = recovery.checkpoint;
  recovery.checkpoint = undefined;
  recovery.checkpoint = keep(tree, run, last, event);
  if (run.changes !== undefined) countFrom(run.changes, recovery.checkpoint);
}

function keep(tree: RunTree, run: RunState, last: Checkpoint | undefined, event: RunEvent): Checkpoint {
  const [, ...below] = subtree(tree, run);
  const runs = [keepOne(run, last), ...below.map(copyRun)];
  const indexes = new Set(runs.map(({ index }) => index));
  return {
    to: event.seq,
    at: event.at,
    runs,
    errands: [...tree.errands].filter(([, errand]) => indexes.has(errand.run)),
    timers: tree.timers.filter((timer) => indexes.has(timer.run)),
    reacting: [...tree.reacting].filter((index) => indexes.has(index)),
    shared: false,
  };
}

/** Where all that has changed since the last checkpoint is known, its copy is brought up to date. */
function keepOne(run: RunState, last: Checkpoint | undefined): RunState {
  const [copy] = last?.runs ?? [];
  if (copy === undefined || run.changes === undefined || last?.shared === true) return copyRun(run);
  return run.changes.since === last ? renewCopy(copy, run, run.changes) : copyRun(run);
}
