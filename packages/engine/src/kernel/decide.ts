import type { Failure } from "../contracts/failure.js";
import { failureOf } from "../errors/failure-of.js";
import type { Decision } from "./event.js";
import { resolveInputs } from "./inputs.js";
import { decideVerdict, failed } from "./recovery/verdict.js";
import type { RunState, RunTree, Timer } from "./state.js";
import { type Admit, pickStart } from "./strategies/pick.js";

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
  const timely = decideTimer(tree, now) ?? decideDeadline(tree, now);
  if (timely !== undefined) return timely;
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
  if (run.status !== "running" && run.status !== "stopping") return false;
  for (let above = run.parent; above !== null; ) {
    const parent: RunState | undefined = tree.runs[above.run];
    if (parent === undefined || parent.status !== "running") return false;
    above = parent.parent;
  }
  return true;
}

function decideRun(tree: RunTree, run: RunState, now: number, admit: Admit): Decision | undefined {
  if (run.status === "stopping") {
    return run.running === 0 ? { type: "run.failed", run: run.index, cause: run.cause as Failure } : undefined;
  }
  for (const verdict of run.verdicts.values()) return decideVerdict(run, verdict, now);
  for (const node of run.barren) return decideBarren(run, node);
  if (run.unsettled === 0) return { type: "run.completed", run: run.index };
  if (run.workflow.strategy === "parallel" && run.stageLeft[run.stage] === 0 && run.stage + 1 < run.stageLeft.length) {
    return { type: "stage.reached", run: run.index, stage: run.stage + 1 };
  }
  return pickStart(tree, run, admit);
}

function decideBarren(run: RunState, node: number): Decision {
  const resolved = resolveInputs(run, node);
  if (resolved.status === "fail") return failed(run, node, resolved.failure);
  const { port, reason } = resolved.status === "skip" ? resolved : { port: "", reason: "" };
  return { type: "activation.skipped", run: run.index, node, n: 1, port, reason };
}

function decideTimer(tree: RunTree, now: number): Decision | undefined {
  for (const timer of tree.timers) {
    if (timer.due > now) return undefined;
    if (!mayFire(tree, timer)) continue;
    const { run, node, n, c } = timer;
    return { type: "retry.due", run, node, n, c };
  }
  return undefined;
}

function mayFire(tree: RunTree, timer: Timer): boolean {
  const run = tree.runs[timer.run];
  if (run === undefined || run.status !== "running" || !isLive(tree, run)) return false;
  return run.open.get(timer.node)?.cells.get(timer.c)?.status === "waiting";
}

function decideDeadline(tree: RunTree, now: number): Decision | undefined {
  for (const index of tree.timed) {
    const run = tree.runs[index];
    if (run === undefined || run.status !== "running" || run.deadline > now || !isLive(tree, run)) continue;
    const cause = failureOf("E_RUN_TIMEOUT", { timeoutMs: run.workflow.timeoutMs ?? 0, workflow: run.workflow.name });
    return { type: "run.stopping", run: index, cause };
  }
  return undefined;
}

/** When `decide` should be asked again although nothing happened, in epoch ms; Infinity: never. */
export function nextDue(tree: RunTree): number {
  if (tree.ended || tree.paused || tree.cancelled) return Number.POSITIVE_INFINITY;
  let due = Number.POSITIVE_INFINITY;
  const first = tree.timers.find((timer) => mayFire(tree, timer));
  if (first !== undefined) due = first.due;
  for (const index of tree.timed) {
    const run = tree.runs[index];
    if (run !== undefined && run.status === "running" && isLive(tree, run)) due = Math.min(due, run.deadline);
  }
  return due;
}
