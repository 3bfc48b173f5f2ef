import type { Ask } from "../contracts/executor.js";
import type { WorkflowPlan } from "../plan/plan.js";
import type { FoundStep } from "./find-step.js";
import { type ActivationTrace, type AttemptTrace, type CellTrace, lastActivation, type RunTrace } from "./trace.js";
import { type FiringTrace, queuesInto, waitingItems } from "./trace-reactions.js";

/** A trigger's firing. `by`: its kind, or the person who fired it. */
export type WhyFiring = { readonly trigger: string; readonly kind: string; readonly by: string; readonly at: number };

/** One activation of a step that has several. */
export type WhyActivation = {
  /** 1-based. */
  readonly n: number;
  readonly status: ActivationTrace["status"];
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly firing: WhyFiring | null;
  /** Values sent while it ran, over all ports. */
  readonly emitted: number;
};

/** A queue in front of a step. `waiting`: items for all its targets. */
export type WhyQueue = {
  readonly queue: string;
  readonly from: string;
  readonly entered: number;
  readonly waiting: number;
  readonly dead: number;
  readonly capacity: number;
};

/** What a step that is under way waits for. */
export type WhyWait = {
  readonly item: number | null;
  readonly since: number;
  readonly until: number | null;
  readonly ask: Ask | null;
};

/** A rollback that took back what the step had done, or was caused by it. */
export type WhyRollback = {
  readonly at: number;
  readonly step: string;
  readonly reason: string;
  readonly attempts: number;
  /** Its `on_rollback` ran: `failed`, why it could not undo. */
  readonly undo: { readonly failed: string | null } | null;
};

export type WhyReactions = {
  /** What fired the newest activation. */
  readonly firing: WhyFiring | null;
  /** All of them where there are several, the newest 20 at most; empty otherwise. */
  readonly activations: readonly WhyActivation[];
  readonly activationCount: number;
  readonly queues: readonly WhyQueue[];
  readonly waits: readonly WhyWait[];
  readonly rollbacks: readonly WhyRollback[];
};

const mostActivations = 20;
const mostWaits = 20;

export function reactionsOf(found: FoundStep, cells: readonly CellTrace[]): WhyReactions {
  const { run, node, planned } = found;
  const list = run.activations[node] ?? [];
  const last = lastActivation(run, node);
  const mapped = planned.step?.forEach !== undefined;
  return {
    firing: last?.firing === undefined ? null : firingOf(run.plan, last.firing),
    activations: list.length < 2 ? [] : list.slice(-mostActivations).map((one) => activationOf(run.plan, one)),
    activationCount: list.length,
    queues: queuesInto(run.plan, node).flatMap((index) => queueOf(run, index)),
    waits: cells.flatMap((cell) => waitOf(cell, mapped)).slice(0, mostWaits),
    rollbacks: rollbacksOf(found),
  };
}

function firingOf(plan: WorkflowPlan, { trigger, by, at }: FiringTrace): WhyFiring {
  const planned = plan.triggers[trigger];
  return { trigger: planned?.name ?? "", kind: planned?.kind ?? "", by, at };
}

function activationOf(plan: WorkflowPlan, one: ActivationTrace): WhyActivation {
  const { n, status, startedAt, endedAt, firing, emits } = one;
  const emitted = [...(emits?.values() ?? [])].reduce((sum, count) => sum + count, 0);
  return { n, status, startedAt, endedAt, firing: firing === undefined ? null : firingOf(plan, firing), emitted };
}

function queueOf(run: RunTrace, index: number): readonly WhyQueue[] {
  const plan = run.plan.queues[index];
  const queue = run.queues[index];
  if (plan === undefined || queue === undefined) return [];
  const source = run.plan.nodes[plan.from.node];
  const from = source?.kind === "step" ? `${source.name}.${plan.from.port}` : (source?.name ?? "");
  const { entered, dead, refused } = queue;
  const capacity = queue.grown ?? plan.capacity;
  return [{ queue: plan.name, from, entered, waiting: waitingItems(queue), dead: dead + refused, capacity }];
}

function waitOf(cell: CellTrace, mapped: boolean): readonly WhyWait[] {
  const wait = cell.status === "waiting" ? cell.attempts.at(-1)?.wait : undefined;
  if (wait === undefined) return [];
  return [{ item: mapped ? cell.c : null, since: wait.since, until: wait.until ?? null, ask: wait.ask ?? null }];
}

/** Of the run it is in. */
function rollbacksOf({ run, node, prefix, planned }: FoundStep): readonly WhyRollback[] {
  const taken = run.undone.get(node) ?? [];
  const path = `${prefix}${planned.name}`;
  return run.rollbacks.flatMap((one) => {
    const attempts = taken.filter((attempt) => isOf(attempt, one.at, one.endedAt)).length;
    const undo = one.undone.find((undone) => undone.step === path);
    if (attempts === 0 && undo === undefined && one.step !== path) return [];
    const undone = undo === undefined ? null : { failed: undo.failure?.message ?? null };
    return [{ at: one.at, step: one.step, reason: one.cause.message, attempts, undo: undone }];
  });
}

function isOf({ undoneAt }: AttemptTrace, startedAt: number, endedAt: number | null): boolean {
  return undoneAt !== undefined && undoneAt >= startedAt && undoneAt === (endedAt ?? undoneAt);
}
