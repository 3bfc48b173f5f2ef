import type { Executor } from "../contracts/executor.js";
import type { RunEvent } from "../kernel/event.js";
import type { RunState } from "../kernel/state.js";
import type { PlanNode } from "../plan/plan.js";

/** A thread is given attempts for about so long at once, or one behind another. */
const aheadMs = 8;
const nextMs = 20;
const leastShare = 1 / 64;
/** How much the latest attempt counts in what is expected of the next. */
const latestWeight = 0.2;

/**
 * How much of a lane an attempt takes: one, or a part of one where attempts of its step have been so short that a thread would
 * wait longer for the next than it works. Learnt from this run, in powers of a half.
 */
export class LaneShares {
  readonly #executors: { readonly [name: string]: Executor };
  readonly #expectedMs = new WeakMap<PlanNode, number>();

  constructor(executors: { readonly [name: string]: Executor }) {
    this.#executors = executors;
  }

  learn(run: RunState, { node, usage }: Extract<RunEvent, { readonly type: "attempt.succeeded" }>): void {
    const planned = run.workflow.nodes[node];
    if (usage === undefined || this.#executors[planned?.step?.executor ?? ""]?.postsAhead !== true) return;
    if (planned === undefined) return;
    const before = this.#expectedMs.get(planned) ?? usage.durationMs;
    this.#expectedMs.set(planned, before + latestWeight * (usage.durationMs - before));
  }

  of(run: RunState, node: number): number {
    const planned = run.workflow.nodes[node];
    const expectedMs = planned === undefined ? undefined : this.#expectedMs.get(planned);
    if (expectedMs === undefined || expectedMs > nextMs) return 1;
    return Math.min(1 / 2, Math.max(leastShare, 2 ** -Math.floor(Math.log2(aheadMs / expectedMs))));
  }
}
