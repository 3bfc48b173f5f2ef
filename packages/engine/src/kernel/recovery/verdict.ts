import type { Failure } from "../../contracts/failure.js";
import { activationAt, cellAt, stepOf } from "../cells.js";
import type { Decision, Handling } from "../event.js";
import { queueVerdict } from "../queues/queue-verdict.js";
import type { OpenActivation, OpenCell, RunState, Verdict } from "../state.js";
import { retryFor } from "./retry.js";
import { rollbackFor } from "./rollback.js";

/** What becomes of a failure: retries by kind first, then the fallback, then the strategy. */
export function decideVerdict(run: RunState, verdict: Verdict, now: number): Decision {
  const { node, n, c } = verdict;
  if (verdict.failure !== undefined) return failed(run, node, n, verdict.failure);
  const open = activationAt(run, node, n);
  if (c < 0) {
    const failure = open.failure as Failure;
    return queueVerdict(run, open, undefined, failure, now) ?? failed(run, node, n, failure);
  }
  const cell = cellAt(open, c);
  return queueVerdict(run, open, cell, cell.failure as Failure, now) ?? decideCell(run, open, cell, now);
}

function decideCell(run: RunState, activation: OpenActivation, cell: OpenCell, now: number): Decision {
  const step = stepOf(run, activation.node);
  const failure = cell.failure as Failure;
  const at = { run: run.index, node: activation.node, n: activation.n, c: cell.c };
  const hopeless = step.forEach !== undefined && activation.failed > step.forEach.maxFailures;
  const retry = hopeless ? null : retryFor(step, cell, failure);
  if (retry !== null) {
    const due = Math.max(cell.failedAt, 0) + retry.delayMs;
    return {
      type: "retry.scheduled",
      ...at,
      due: Math.round(Math.max(due, now)),
      retry: retry.retry,
      reason: retry.reason,
    };
  }
  if (step.fallback !== undefined && !cell.fallback && !hopeless) {
    return { type: "fallback.chosen", ...at, reason: `${failure.kind} failure, no retry left` };
  }
  if (step.forEach !== undefined) return { type: "item.failed", ...at, failure };
  return failed(run, activation.node, activation.n, failure, cell.child >= 0 && !cell.fallback ? "child" : "step");
}

/** A node failed for good. The step's strategy decides, else the workflow's; units and outputs have the workflow's. */
export function failed(
  run: RunState,
  node: number,
  n: number,
  failure: Failure,
  from: "child" | "step" = "step",
): Decision {
  const recovery = run.workflow.nodes[node]?.step?.recovery ?? run.workflow.recovery;
  const rollback = rollbackFor(run, recovery, failure, from);
  if (rollback !== undefined) return rollback;
  const handling: Handling = recovery.handling === "continue" ? "continue" : "stop";
  const reason = `error_handling is ${recovery.handling}${recovery.own ? " on the step" : ""}`;
  return { type: "activation.failed", run: run.index, node, n, handling, failure, reason };
}
