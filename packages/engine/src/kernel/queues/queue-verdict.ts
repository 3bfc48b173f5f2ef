import type { Failure } from "../../contracts/failure.js";
import { stepOf } from "../cells.js";
import type { Decision } from "../event.js";
import type { OpenActivation, OpenCell, RunState } from "../state.js";
import { shapesOf } from "./queue-shape.js";
import { flightKey } from "./queue-state.js";
import { redeliveryFor } from "./redelivery.js";

/**
 * What becomes of a failure of an activation that holds an item, where the queue decides instead of the step's strategy. Undefined:
 * it does not. Items of maps have their own ways first.
 */
export function queueVerdict(
  run: RunState,
  activation: OpenActivation,
  cell: OpenCell | undefined,
  failure: Failure,
  now: number,
): Decision | undefined {
  const deliveries = deliveriesOf(run, activation.node, activation.n);
  if (deliveries === undefined) return undefined;
  const step = stepOf(run, activation.node);
  const { node, n } = activation;
  const at = { run: run.index, node, n };
  if (cell === undefined) return { type: "item.dead", ...at, failure };
  if (step.forEach !== undefined) return undefined;
  const retry = redeliveryFor(step, cell, failure, deliveries);
  if (retry !== null) {
    const due = Math.round(Math.max(cell.failedAt + retry.delayMs, now));
    return { type: "retry.scheduled", ...at, c: cell.c, due, retry: retry.retry, reason: retry.reason };
  }
  if (step.fallback !== undefined && !cell.fallback)
    return { type: "fallback.chosen", ...at, c: cell.c, reason: `${failure.kind} failure, no delivery left` };
  return { type: "item.dead", ...at, failure };
}

/** A node that fails before it began, with an item at its door: the item is what could not be taken. */
export function barrenItem(run: RunState, node: number, failure: Failure): Decision | undefined {
  const holds = (shapesOf(run.workflow).feeding.get(node) ?? []).some((queue) => {
    const targets = shapesOf(run.workflow).queues[queue]?.targets ?? [];
    return targets.some((at, target) => at === node && (run.queues[queue]?.targets[target]?.slot ?? -1) >= 0);
  });
  if (!holds) return undefined;
  return { type: "item.dead", run: run.index, node, n: (run.begun[node] ?? 0) + 1, failure };
}

/** Deliveries allowed to the item that an activation holds; the least where it holds several. Undefined: it holds none. */
function deliveriesOf(run: RunState, node: number, n: number): number | undefined {
  let least: number | undefined;
  for (const queue of shapesOf(run.workflow).feeding.get(node) ?? []) {
    const shape = shapesOf(run.workflow).queues[queue];
    const state = run.queues[queue];
    const isFlying = (target: number) => state?.flights.has(flightKey(state, target, n));
    const holds = shape?.targets.some((at, target) => at === node && isFlying(target));
    if (shape !== undefined && holds === true)
      least = Math.min(least ?? shape.plan.maxDeliveries, shape.plan.maxDeliveries);
  }
  return least;
}
