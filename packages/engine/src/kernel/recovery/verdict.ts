import type { Failure } from "../../contracts/failure.js";
import { activationAt, cellAt, stepOf } from "../cells.js";
import type { Decision, Handling } from "../event.js";
import type { OpenActivation, OpenCell, RunState, Verdict } from "../state.js";
import { retryFor } from "./retry.js";

/** What becomes of a failure: retries by kind first, then the fallback, then the strategy. */
export function decideVerdict(run: RunState, verdict: Verdict, now: number): Decision {
  const { node, c } = verdict;
  const activation = run.open.get(node);
  if (verdict.failure !== undefined) return failed(run, node, verdict.failure);
  const open = activation ?? activationAt(run, node);
  if (c < 0) return failed(run, node, open.failure as Failure);
  return decideCell(run, open, cellAt(open, c), now);
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
  return failed(run, activation.node, failure);
}

/** A node failed for good. The step's strategy decides, else the workflow's; units and outputs have the workflow's. */
export function failed(run: RunState, node: number, failure: Failure): Decision {
  const recovery = run.workflow.nodes[node]?.step?.recovery ?? run.workflow.recovery;
  const handling: Handling = recovery.handling === "continue" ? "continue" : "stop";
  const reason = `error_handling is ${recovery.handling}${recovery.own ? " on the step" : ""}`;
  return { type: "activation.failed", run: run.index, node, n: 1, handling, failure, reason };
}
