import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Queued, RunEvent } from "../kernel/event.js";
import type { PlanTrigger, WorkflowPlan } from "../plan/plan.js";
import type { RunTrace, Trace } from "./trace.js";

/** One firing of a trigger. `by`: its kind, or who fired it. */
export type FiringTrace = {
  readonly trigger: number;
  readonly at: number;
  readonly seq: number;
  readonly by: string;
  readonly payload?: Handle;
};

/** A trigger of a run, as its journal tells it. Times are epoch ms. */
export type TriggerTrace = {
  fired: number;
  last?: FiringTrace;
  /** When a timer is due; null: never again. Absent: it is none, or not armed yet. */
  due?: number | null;
  /** Firings of a timer whose time passed while nobody drove the run. */
  missed: number;
  /** Whether the condition holds, and why. */
  holds?: { readonly value: boolean; readonly reason: string; readonly at: number };
  /** It could not be evaluated or watched, and has not been since. */
  failure?: Failure;
  retries: number;
  retryDue?: number;
  /** Its failure stopped it for good. */
  off: boolean;
};

/** Items of a queue. `refused`: by a schema, at once. `grown`: its capacity, once it had to be raised. */
export type QueueTrace = {
  entered: number;
  refused: number;
  taken: number;
  dead: number;
  grown?: number;
  /** What entered, by number of the event; kept where a rollback may take it out again. */
  readonly log: (readonly [seq: number, entered: number, refused: number])[];
};

/** A rollback of a run. `to`: number of the checkpoint's event. */
export type RollbackTrace = {
  readonly at: number;
  readonly to: number;
  readonly cause: Failure;
  /** The run failed there (`rollback_on_failure`). */
  readonly stop: boolean;
  /** The step whose failure caused it: its path and its node, empty and -1 if none did. */
  readonly step: string;
  readonly node: number;
  endedAt: number | null;
  /** `on_rollback` components, in the order in which they ran. */
  readonly undone: UndoTrace[];
};

export type UndoTrace = {
  /** Number of the event that started it. */
  readonly id: number;
  readonly step: string;
  readonly startedAt: number;
  endedAt?: number;
  failure?: Failure;
};

export function newTriggers(plans: readonly PlanTrigger[]): TriggerTrace[] {
  return plans.map(() => ({ fired: 0, missed: 0, retries: 0, off: false }));
}

export type TriggerEvent = Extract<RunEvent, { readonly type: `trigger.${string}` }>;

export function applyTrigger(trace: Trace, event: TriggerEvent): void {
  const run = trace.runs[event.run];
  const trigger = run?.triggers[event.trigger];
  if (run === undefined || trigger === undefined) return;
  changeTrigger(trigger, event);
  if (event.type === "trigger.fired" && trigger.last !== undefined) queueFiring(run, trigger.last);
}

/** Folds one event of a trigger into it. */
export function changeTrigger(trigger: TriggerTrace, event: TriggerEvent): void {
  switch (event.type) {
    case "trigger.fired":
      trigger.fired++;
      trigger.last = firingOf(event);
      recovered(trigger);
      return;
    case "trigger.armed":
      trigger.due = event.due;
      trigger.missed += event.missed;
      recovered(trigger);
      return;
    case "trigger.evaluated":
      trigger.holds = { value: event.holds, reason: event.reason, at: event.at };
      recovered(trigger);
      return;
    case "trigger.failed":
      trigger.failure = event.failure;
      delete trigger.retryDue;
      return;
    case "trigger.retried":
      trigger.retries = event.retry;
      trigger.retryDue = event.due;
      return;
    case "trigger.escalated":
      trigger.failure = event.failure;
      trigger.off = true;
  }
}

function recovered(trigger: TriggerTrace): void {
  delete trigger.failure;
  delete trigger.retryDue;
  trigger.retries = 0;
}

function firingOf({
  trigger,
  at,
  seq,
  by,
  payload,
}: Extract<TriggerEvent, { readonly type: "trigger.fired" }>): FiringTrace {
  return { trigger, at, seq, by, ...(payload === undefined ? {} : { payload }) };
}

/** It waits for each step it fires. */
function queueFiring(run: RunTrace, firing: FiringTrace): void {
  const plan = run.plan.triggers[firing.trigger];
  for (const node of new Set(plan?.targets.map((target) => target.node) ?? [])) {
    const waiting = run.firings.get(node) ?? [];
    const kept = plan?.coalesce === true ? waiting.filter((one) => one.trigger !== firing.trigger) : waiting;
    run.firings.set(node, [...kept, firing]);
  }
}

/** The firing that the next activation of a step takes. */
export function takeFiring(run: RunTrace, node: number): FiringTrace | undefined {
  return run.firings.get(node)?.shift();
}

export function newQueues(count: number): QueueTrace[] {
  return Array.from({ length: count }, () => ({ entered: 0, refused: 0, taken: 0, dead: 0, log: [] }));
}

/** Queues in front of a node: positions in the plan. */
export function queuesInto(plan: WorkflowPlan, node: number): readonly number[] {
  const found = new Set<number>();
  for (const port of plan.nodes[node]?.ports ?? [])
    for (const link of port.links) {
      const queue = plan.links[link]?.queue;
      if (queue !== undefined) found.add(queue);
    }
  return [...found];
}

/** An activation begins: it takes an item of each queue in front of it; `-1`: a rollback gives it back. */
export function countTaken(run: RunTrace, node: number, change: 1 | -1): void {
  if (run.queues.length === 0) return;
  for (const at of queuesInto(run.plan, node)) {
    const queue = run.queues[at];
    if (queue !== undefined) queue.taken += change;
  }
}

/** The items that an activation of the node had taken are dead letters. */
export function countDead(run: RunTrace | undefined, node: number): void {
  for (const at of run === undefined ? [] : queuesInto(run.plan, node)) {
    const queue = run?.queues[at];
    if (queue !== undefined) queue.dead++;
  }
}

export function countEntered(queue: QueueTrace | undefined, finding: Queued, seq: number, isKept: boolean): void {
  if (queue === undefined) return;
  const refused = finding.invalid?.length ?? 0;
  queue.entered += finding.queued;
  queue.refused += refused;
  if (isKept) queue.log.push([seq, finding.queued, refused]);
}

/** What entered after an event did not. */
export function takeOut(queue: QueueTrace, to: number): void {
  for (let last = queue.log.at(-1); last !== undefined && last[0] > to; last = queue.log.at(-1)) {
    queue.log.pop();
    queue.entered -= last[1];
    queue.refused -= last[2];
  }
}

/** Items of a queue that wait for a step. */
export function waitingItems({ entered, refused, taken }: QueueTrace): number {
  return Math.max(0, entered - refused - taken);
}
