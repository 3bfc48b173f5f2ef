import type { Failure } from "../contracts/failure.js";
import { failureOf } from "../errors/failure-of.js";
import { findActivation } from "./cells.js";
import type { Decision } from "./event.js";
import { nextInputs } from "./flow.js";
import { barrenItem } from "./queues/queue-verdict.js";
import { decideEnd, isServed } from "./quiescence.js";
import { decideCheckpoint, decideRollback } from "./recovery/hooks.js";
import { decideVerdict, failed } from "./recovery/verdict.js";
import { decideRound } from "./rounds.js";
import type { RunState, RunTree, Timer } from "./state.js";
import { type Admit, nextStage, pickStart } from "./strategies/pick.js";
import { decideTrigger, triggerDue } from "./triggers/hooks.js";
import { decideWait } from "./waits.js";

/**
 * The next decision, or undefined when there is none until an input arrives, time passes (`nextDue`) or resources free up. The
 * caller appends the event, evolves, and asks again, to the fixpoint, in one transaction with the input that caused it.
 * Nothing is decided for a run whose ancestor is not running, nor while the tree is paused.
 */
export function decide(tree: RunTree, now: number, admit: Admit): Decision | undefined {
  const root = tree.runs[0];
  if (root === undefined || tree.ended) return undefined;
  if (tree.cancelled) return root.running === 0 ? { type: "run.closed", run: 0, status: "cancelled" } : undefined;
  if (tree.paused) return undefined;
  if (tree.timers.length > 0 || tree.timed.size > 0 || tree.reacting.size > 0) {
    const timely = decideTimer(tree, now) ?? decideDeadline(tree, now) ?? decideTriggers(tree, now);
    if (timely !== undefined) return timely;
  }
  for (const index of tree.dirty) {
    const run = tree.runs[index];
    const decision = run !== undefined && isLive(tree, run) ? decideRun(tree, run, now, admit) : undefined;
    if (decision !== undefined) return decision;
    tree.dirty.delete(index);
  }
  return undefined;
}

/** True when the run may still decide something: it runs or comes to rest, and all above it run. */
function isLive(tree: RunTree, run: RunState): boolean {
  if (run.status !== "running" && run.status !== "stopping" && run.status !== "rolling") return false;
  for (let above = run.parent; above !== null; ) {
    const parent: RunState | undefined = tree.runs[above.run];
    if (parent === undefined || parent.status !== "running" || isServed(parent)) return false;
    above = parent.parent;
  }
  return true;
}

function decideRun(tree: RunTree, run: RunState, now: number, admit: Admit): Decision | undefined {
  if (run.status === "stopping") {
    return run.running === run.held ? { type: "run.failed", run: run.index, cause: run.cause as Failure } : undefined;
  }
  if (run.status === "rolling") return decideRollback(tree, run);
  if (isServed(run)) return run.running === run.held ? { type: "run.completed", run: run.index } : undefined;
  const next = hasPending(run) ? decidePending(tree, run, now) : undefined;
  if (next !== undefined) return next;
  const stage = nextStage(run);
  if (stage >= 0) return { type: "stage.reached", run: run.index, stage };
  return decideCheckpoint(tree, run, now) ?? pickStart(tree, run, admit) ?? decideEnd(tree, run);
}

/** Something is to be decided before anything starts. */
function hasPending({ verdicts, barren, between, triggers }: RunState): boolean {
  return verdicts.size > 0 || barren.size > 0 || between.size > 0 || triggers.length > 0;
}

function decidePending(tree: RunTree, run: RunState, now: number): Decision | undefined {
  for (const verdict of run.verdicts.values()) return decideVerdict(run, verdict, now);
  for (const node of run.barren) return decideBarren(run, node);
  return decideRound(run) ?? (run.triggers.length > 0 ? decideTrigger(tree, run, now) : undefined);
}

function decideBarren(run: RunState, node: number): Decision {
  const n = (run.begun[node] ?? 0) + 1;
  if (n > (run.topology.most[node] ?? 0)) return { type: "run.stopping", run: run.index, cause: tooMany(run, node) };
  const resolved = nextInputs(run, node);
  if (resolved.status === "fail")
    return barrenItem(run, node, resolved.failure) ?? failed(run, node, n, resolved.failure);
  const { port, reason } = resolved.status === "skip" ? resolved : { port: "", reason: "" };
  return { type: "activation.skipped", run: run.index, node, n, port, reason };
}

function tooMany(run: RunState, node: number): Failure {
  const step = run.workflow.nodes[node]?.name ?? "";
  return failureOf("E_MAX_ACTIVATIONS", { step, max: run.topology.most[node] ?? 0 });
}

/** Time may make triggers fire, whatever else happens. */
function decideTriggers(tree: RunTree, now: number): Decision | undefined {
  for (const index of tree.reacting) {
    const run = tree.runs[index];
    if (run === undefined || run.status !== "running" || triggerDue(run) > now || !isActive(tree, run)) continue;
    const decision = decideTrigger(tree, run, now);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** True when time may make the run go on. */
function isActive(tree: RunTree, run: RunState): boolean {
  return run.status === "running" && !isServed(run) && isLive(tree, run);
}

function decideTimer(tree: RunTree, now: number): Decision | undefined {
  for (const timer of tree.timers) {
    if (timer.due > now) return undefined;
    const run = tree.runs[timer.run];
    if (run === undefined || !mayFire(tree, timer)) continue;
    const { run: index, node, n, c } = timer;
    return timer.kind === "wait" ? decideWait(run, timer) : { type: "retry.due", run: index, node, n, c };
  }
  return undefined;
}

function mayFire(tree: RunTree, timer: Timer): boolean {
  const run = tree.runs[timer.run];
  if (run === undefined || !isActive(tree, run)) return false;
  return findActivation(run, timer.node, timer.n)?.cells.get(timer.c)?.status === "waiting";
}

function decideDeadline(tree: RunTree, now: number): Decision | undefined {
  for (const index of tree.timed) {
    const run = tree.runs[index];
    if (run === undefined || run.deadline > now || isStill(run) || !isActive(tree, run)) continue;
    const cause = failureOf("E_RUN_TIMEOUT", { timeoutMs: run.workflow.timeoutMs ?? 0, workflow: run.workflow.name });
    return { type: "run.stopping", run: index, cause };
  }
  return undefined;
}

/** Only people are waited for: the run's time does not pass. */
function isStill(run: RunState): boolean {
  return run.recovery.stillSince >= 0;
}

/** When `decide` should be asked again although nothing happened, in epoch ms; Infinity: never. */
export function nextDue(tree: RunTree): number {
  if (tree.ended || tree.paused || tree.cancelled) return Number.POSITIVE_INFINITY;
  let due = Number.POSITIVE_INFINITY;
  const first = tree.timers.find((timer) => mayFire(tree, timer));
  if (first !== undefined) due = first.due;
  for (const index of tree.timed)
    due = Math.min(
      due,
      dueOf(tree, index, (run) => (isStill(run) ? Number.POSITIVE_INFINITY : run.deadline)),
    );
  for (const index of tree.reacting) due = Math.min(due, dueOf(tree, index, triggerDue));
  return due;
}

function dueOf(tree: RunTree, index: number, when: (run: RunState) => number): number {
  const run = tree.runs[index];
  return run !== undefined && isActive(tree, run) ? when(run) : Number.POSITIVE_INFINITY;
}
